import { expect, it } from "vitest";
import { dockerfileModel } from "../../../src/core/dockerfile/dockerfile.ts";
import { runRules } from "../../../src/core/engine.ts";
import { fixAll } from "../../../src/core/fix.ts";
import { rules } from "../../../src/rules/index.ts";
import { busyboxBase, describeWithEngine, docker, removeImage } from "../../engine/support/images.ts";
import { buildConfig, buildWithBuildKit } from "./build-config.ts";
import { generateFaulty } from "./generate-faulty.ts";

/** How many fixed Dockerfiles a run builds, and from which seed on. */
const COUNT = Number(process.env.TRAINLINT_CONFORMANCE ?? 60);
const SEED = Number(process.env.TRAINLINT_SEED ?? 40_261_124);

function lint(text: string) {
  return runRules(rules, { dockerfile: dockerfileModel(text, { path: "Dockerfile" }) }).findings;
}

function withoutSeparator(argv: readonly string[]): string[] {
  return argv.filter((word) => word !== "--");
}

/** Without what a fix is there to change. */
function others({ Entrypoint: _entrypoint, StopSignal: _stopSignal, ...rest }: Record<string, unknown>) {
  return rest;
}

describeWithEngine("a fixed Dockerfile builds the same image otherwise", () => {
  it(`for ${COUNT} generated files from seed ${SEED} on`, async () => {
    let compared = 0;
    for (let seed = SEED; compared < COUNT; seed += 1) {
      const text = generateFaulty(seed);
      const before = await buildConfig(text, `trainlint-test/fixed:${seed}`);
      if ("refused" in before) continue;
      const result = await fixAll(
        text,
        async (tried) => lint(tried),
        ({ safe }) => safe,
      );
      if (result.applied.length === 0) continue;
      const label = `seed ${seed}:\n${text}\n→\n${result.text}`;
      const after = await buildConfig(result.text, `trainlint-test/fixed:${seed}`);
      if ("refused" in after)
        throw new Error(`The builder refuses the fixed file: ${after.refused}\n${label}`);
      expect(others(after), label).toEqual(others(before));
      const fixed = new Set(result.applied.map(({ ruleId }) => ruleId));
      if (!fixed.has("TL109")) expect(after.StopSignal, label).toEqual(before.StopSignal);
      else expect([null, "SIGTERM", "15"], label).toContain(after.StopSignal);
      const argv = after.Entrypoint as string[];
      if (fixed.has("TL101")) expect(argv.slice(0, 2), label).not.toEqual(["/bin/sh", "-c"]);
      if (fixed.has("TL102")) expect(argv.join(" "), label).not.toMatch(/tini/);
      if (!fixed.has("TL101")) {
        // Without tini, or with a separator, the rest stands as it stood.
        const [whole, rest] = [before.Entrypoint as string[], argv].map(withoutSeparator) as [
          string[],
          string[],
        ];
        expect(whole.slice(whole.length - rest.length), label).toEqual(rest);
      }
      compared += 1;
    }
  }, 900_000);
});

/** What a container of this image prints when it gets `train`, and which program is PID 1 (`/proc/1/comm`). */
async function printed(tag: string): Promise<string> {
  const container = await docker.createContainer({ Image: tag, Cmd: ["train"], Tty: true });
  try {
    await container.start();
    await container.wait();
    const log = await container.logs({ stdout: true, stderr: true, follow: false });
    return log.toString().replaceAll("\r\n", "\n");
  } finally {
    await container.remove({ force: true });
  }
}

describeWithEngine("a shell that stays in an unsafe fix", () => {
  const PROGRAM = 'sed -n "s/^Name:/pid 1:/p" /proc/1/status; for word; do echo "$word"; done';

  it.each([
    ["/program $WORD", "x y"],
    ["cd /tmp && /program *", "found"],
    ["exec /program ${NONE:-d}", "d"],
    ["true; /program a 2>&1", "a"],
  ])("%s: the program is PID 1, has the words the shell made, and gets train", async (line, words) => {
    const base = await busyboxBase();
    const dockerfile = `FROM ${base}
ENV WORD="x y"
COPY --chmod=755 program /program
COPY found /tmp/found
ENTRYPOINT ${line}
`;
    const { text, applied } = await fixAll(
      dockerfile,
      async (tried) => lint(tried),
      () => true,
    );
    expect(applied.map(({ ruleId, fix }) => [ruleId, fix?.safe])).toEqual([["TL101", false]]);
    const tag = "trainlint-test/unsafe-fix:latest";
    try {
      await buildWithBuildKit(
        {
          Dockerfile: text,
          program: `#!/bin/sh
${PROGRAM}
`,
          found: "",
        },
        tag,
      );
      const lines = (await printed(tag)).trimEnd().split("\n");
      expect(lines[0]).toMatch(/^pid 1:\s*program$/);
      expect(lines.slice(1)).toEqual([...words.split(" "), "train"]);
    } finally {
      await removeImage(tag);
    }
  });
});
