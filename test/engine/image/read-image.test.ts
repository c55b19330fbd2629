import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runRules } from "../../../src/core/engine.ts";
import { imageConfigOf } from "../../../src/core/image/config.ts";
import { findCommand, resolvePath } from "../../../src/core/image/lookup.ts";
import type { ImageModel } from "../../../src/core/image/model.ts";
import { readImage } from "../../../src/edges/images.ts";
import { OWNER_LABEL, ownerId } from "../../../src/edges/smoke/owner.ts";
import { rules } from "../../../src/rules/index.ts";
import { buildImage, busyboxBase, describeWithEngine, docker, removeImage } from "../support/images.ts";

/** The rules that these images are made for; others may have more to say. */
const JUDGED = rules.filter(({ id }) =>
  ["TL101", "TL102", "TL103", "TL201", "TL301", "TL305", "TL404"].includes(id),
);
const NEEDS = JUDGED.flatMap((rule) => (rule.needs === undefined ? [] : [rule.needs]));

function judge(image: ImageModel): string[] {
  const { findings, crashes } = runRules(JUDGED, { image });
  expect(crashes).toEqual([]);
  return findings.map((finding) => `${finding.ruleId} ${finding.severity}`);
}

describeWithEngine("an image on a real engine", () => {
  const tags: string[] = [];
  const build = async (
    name: string,
    lines: readonly string[],
    files: Record<string, string | Buffer> = {},
  ) => {
    const tag = `trainlint-test/image-${name}:latest`;
    tags.push(tag);
    await buildImage({ tag, dockerfile: `FROM ${await busyboxBase()}\n${lines.join("\n")}\n`, files });
    return readImage(tag, NEEDS);
  };

  beforeAll(async () => {
    await busyboxBase();
  });
  afterAll(async () => {
    for (const tag of tags) await removeImage(tag);
  });

  it("has the configuration that the engine tells", async () => {
    const image = await build("config", [
      'ENTRYPOINT ["/bin/sh"]',
      "ENV A=1",
      "WORKDIR /w",
      "VOLUME /v",
      "LABEL k=v",
    ]);
    const inspected = await docker.getImage("trainlint-test/image-config:latest").inspect();
    expect(image.config).toEqual(imageConfigOf(inspected.Config as object));
    expect(image.config.Entrypoint).toEqual(["/bin/sh"]);
    expect(image.id).toBe(inspected.Id);
    expect(image.source).toBe("docker");
  });

  it("finds nothing in an image that does it right", async () => {
    const image = await build("right", ["COPY train /usr/bin/train"], { train: "#!/bin/sh\n" });
    expect(judge(image)).toEqual([]);
    expect(findCommand(image, "train").executable?.entry.path).toBe("/usr/bin/train");
  });

  it("finds a train program without execute permission, and one that is missing", async () => {
    const image = await build("mode", ["COPY train /usr/bin/train", "RUN chmod 644 /usr/bin/train"], {
      train: "#!/bin/sh\n",
    });
    const [finding] = runRules(JUDGED, { image }).findings;
    expect(finding?.messageId).toBe("notExecutable");
    expect(finding?.evidence).toEqual({ mode: "644" });
    expect(judge(await build("none", ["ENV A=1"]))).toEqual(["TL103 error"]);
  });

  it("follows links in folders and files to tini, and knows a renamed one by its content", async () => {
    const linked = await build(
      "links",
      [
        "COPY tini /real/tini",
        "RUN ln -s /real /folder && ln -s /folder/tini /entry",
        'ENTRYPOINT ["/entry", "--"]',
      ],
      { tini: readFileSync("/usr/bin/tini-static") },
    );
    expect(resolvePath(linked.files, "/entry")?.entry.path).toBe("/real/tini");
    expect(judge(linked)).toEqual(["TL102 error"]);
    const start = (name: string, program: string) =>
      build(name, ["COPY start /sbin/start", 'ENTRYPOINT ["/sbin/start", "--", "/bin/true"]'], {
        start: readFileSync(program),
      });
    expect(judge(await start("renamed", "/usr/bin/tini-static"))).toEqual(["TL102 error"]);
    expect(judge(await start("catatonit", "/usr/bin/catatonit"))).toEqual([]);
    expect(judge(await start("other", "/bin/busybox"))).toEqual([]);
    const script = await build("script", ["COPY . /e/", 'ENTRYPOINT ["/e/one"]'], {
      one: '#!/bin/sh\nif [ "$1" = train ]; then\n  exec /e/two "$@"\nfi\nexec "$@"\n',
      two: '#!/bin/sh\nexec /e/start -- "$@"\n',
      start: readFileSync("/usr/bin/tini-static"),
    });
    expect(runRules(rules, { image: script }).findings.map((finding) => finding.message)).toEqual([
      expect.stringContaining("The ENTRYPOINT is tini (/e/two ends in it) without a program"),
    ]);
  });

  it("reports files under /opt/ml and of the driver as they are in the end, not as they once were", async () => {
    const image = await build("files", [
      "RUN mkdir -p /opt/ml/model /opt/ml/input/data /usr/lib/x86_64-linux-gnu /usr/local/cuda/compat",
      "RUN echo x > /opt/ml/input/data/x && echo x > /opt/ml/model/gone && rm /opt/ml/model/gone",
      "RUN echo x > /usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14 && echo x > /usr/local/cuda/compat/libcuda.so.550.54.14",
      "RUN touch /usr/lib/x86_64-linux-gnu/libnvidia-ml.so.550.54.14",
      'ENTRYPOINT ["/bin/sh", "/x"]',
    ]);
    const { findings } = runRules(JUDGED, { image });
    expect(findings.map((finding) => [finding.ruleId, finding.evidence])).toEqual([
      ["TL201", { count: 1, paths: ["/opt/ml/input/data/x"] }],
      ["TL301", { count: 1, paths: ["/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14"] }],
      ["TL305", { count: 1, paths: ["/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.550.54.14"] }],
    ]);
  });

  it("judges the shell form in the built image", async () => {
    expect(judge(await build("shell", ["ENTRYPOINT python -u train.py"]))).toEqual(["TL101 error"]);
  });

  it("leaves no container behind", async () => {
    const left = await docker.listContainers({
      all: true,
      filters: { label: [`${OWNER_LABEL}=${ownerId()}`] },
    });
    expect(left).toEqual([]);
  });

  it("names an image that is not there", async () => {
    await expect(readImage("trainlint-test/not-there:1", NEEDS)).rejects.toThrow(
      'no image "trainlint-test/not-there:1"',
    );
  });
});
