import { describe, expect, it } from "vitest";
import { followBuilder } from "../../../../src/edges/build/builder-output.ts";
import { readBuildTrace } from "../../../../src/edges/build/buildkit-trace.ts";

/** A length-delimited protobuf field. */
function field(number: number, content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const head = [(number << 3) | 2];
  for (let rest = bytes.length; ; rest >>>= 7) {
    head.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from(head), bytes]);
}

const started = field(5, Buffer.from([8, 1]));
const vertex = (...parts: Buffer[]) => field(1, Buffer.concat([field(1, "sha256:x"), ...parts]));
const log = (text: string) =>
  field(3, Buffer.concat([field(1, "sha256:x"), Buffer.from([0x18, 1]), field(4, text)]));
const trace = (...parts: Buffer[]) =>
  JSON.stringify({ id: "moby.buildkit.trace", aux: Buffer.concat(parts).toString("base64") });

async function follow(lines: readonly string[]) {
  const steps: string[] = [];
  const text = `${lines.join("\r\n")}\r\n`;
  async function* chunks() {
    // Cut where it hurts.
    for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7));
  }
  const outcome = await followBuilder(chunks(), (name) => steps.push(name));
  return { ...outcome, steps };
}

describe("BuildKit's answer", () => {
  it("tells steps, output, the image and the error", async () => {
    const { steps, lines, imageId, error } = await follow([
      trace(vertex(field(3, "[1/2] RUN make"), started)),
      trace(log("compiling\nhalf of "), log("a line\n")),
      trace(vertex(field(3, "[1/2] RUN make"), started, field(6, "t"), field(7, "exit code: 3"))),
      JSON.stringify({ id: "moby.image.id", aux: { ID: "sha256:abc" } }),
    ]);
    expect(steps).toEqual(["[1/2] RUN make"]);
    expect(lines).toEqual(["[1/2] RUN make", "compiling", "half of a line"]);
    expect([imageId, error]).toEqual(["sha256:abc", null]);
    const failed = await follow([JSON.stringify({ errorDetail: { message: "boom" }, error: "boom" })]);
    expect([failed.imageId, failed.error]).toEqual([null, "boom"]);
  });

  it("reads any bytes without throwing", () => {
    for (let seed = 1; seed < 3000; seed += 1) {
      const bytes = Buffer.from(
        Array.from({ length: seed % 40 }, (_, index) => (seed * 31 + index * index * 7) % 256),
      );
      readBuildTrace(bytes);
    }
    expect(readBuildTrace(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]))).toEqual({
      begun: [],
      output: "",
      errors: [],
    });
  });
});

describe("the classic builder's answer", () => {
  it("tells steps, output and the image", async () => {
    const { steps, lines, imageId } = await follow([
      '{"stream":"Step 1/2 : FROM base"}',
      '{"stream":"\\n"}',
      '{"stream":"Step 2/2 : RUN a\\n"}',
      '{"stream":"10%\\r50%\\r100%\\n"}',
      '{"aux":{"ID":"sha256:def"}}',
      "no json",
      '{"stream":"Successfully built 0123456789ab\\n"}',
    ]);
    expect(steps.map((step) => step.trim())).toEqual(["FROM base", "RUN a"]);
    expect(lines).toContain("100%");
    expect(imageId).toBe("0123456789ab");
  });

  it("keeps the end of a long output, and of long lines the beginning", async () => {
    const { lines } = await follow([
      ...Array.from({ length: 500 }, (_, index) => JSON.stringify({ stream: `line ${index}\n` })),
      JSON.stringify({ stream: `${"x".repeat(100_000)}\n` }),
    ]);
    expect(lines).toHaveLength(40);
    expect(lines[0]).toBe("line 461");
    expect(lines.at(-1)).toHaveLength(400);
  });
});
