import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runRules } from "../../../src/core/engine.ts";
import { readImage } from "../../../src/edges/images.ts";
import { initNeedsSeparator as rule } from "../../../src/rules/entrypoint/init-needs-separator.ts";
import { buildImage, describeWithEngine, docker, pythonBase, removeImage } from "../support/images.ts";

/** Prints what it gets and ends with 10. */
const PROGRAM = "import sys\nprint('got', *sys.argv[1:], flush=True)\nsys.exit(10)\n";

/** An entrypoint, what the rule has to say, and what running it shows: exit code and output. */
const CASES: readonly (readonly [string, string | null, number, RegExp])[] = [
  ["tini -- python3 -u /p/x.py -h", null, 10, /got -h train/],
  ["tini python3 -u /p/x.py", "fails", 1, /invalid option -- 'u'/],
  ["tini python3 /p/x.py --epochs 3", "fails", 1, /invalid option -- '-'/],
  ["tini python3 /p/x.py -h", "completes", 0, /Usage/],
  ["tini python3 /p/x.py -sl", "completes", 0, /Permission is hereby granted/],
  ["tini python3 /p/x.py -e 10", "masks", 0, /got train/],
  ["tini python3 /p/x.py -e ten", "fails", 1, /Not a valid option for -e: ten/],
  ["tini python3 /p/x.py -s", "lost", 10, /got train/],
  ["tini -g python3 /p/x.py", "noSeparator", 10, /got train/],
  ["tini python3 /p/x.py -- -u", "noSeparator", 10, /got (?:-- )?-u train/],
  ["tini-static python3 -u /p/x.py", "fails", 1, /invalid option -- 'u'/],
  ["catatonit -- python3 -u /p/x.py -h", null, 10, /got -h train/],
  ["catatonit python3 -u /p/x.py", "fails", 1, /invalid option -- 'u'/],
  ["catatonit python3 /p/x.py --lr 1", "fails", 1, /unrecognized option '--lr'/],
  ["catatonit python3 /p/x.py --version", "completes", 0, /version/],
  ["catatonit python3 /p/x.py -L", "completes", 0, /licenses/],
  ["catatonit python3 /p/x.py -g", "lost", 10, /got train/],
  ["catatonit --", "noProgram", 1, /failed to exec pid1: No such file or directory/],
  ["dumb-init python3 -u /p/x.py -h", null, 10, /got -h train/],
  ["dumb-init -c -- python3 /p/x.py", null, 10, /got train/],
  ["dumb-init --", "noProgram", 2, /\[dumb-init\] train: No such file or directory/],
];

const TAG = "trainlint-test/entrypoint-inits:latest";
const INITS = ["tini", "tini-static", "catatonit", "dumb-init"];

/** Runs the image as SageMaker does. */
async function run(tag: string): Promise<{ code: number; output: string }> {
  const container = await docker.createContainer({ Image: tag, Cmd: ["train"] });
  try {
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    const logs = await container.logs({ stdout: true, stderr: true, follow: false });
    return { code: StatusCode, output: logs.toString("latin1") };
  } finally {
    await container.remove({ force: true });
  }
}

describeWithEngine("inits and the words behind them", () => {
  beforeAll(async () => {
    const files = Object.fromEntries(INITS.map((name) => [name, readFileSync(`/usr/bin/${name}`)]));
    await buildImage({
      tag: TAG,
      dockerfile: `FROM ${await pythonBase()}\nCOPY ${INITS.join(" ")} /usr/bin/\nCOPY x.py /p/\n`,
      files: { ...files, "x.py": PROGRAM },
    });
  }, 120_000);
  afterAll(() => removeImage(TAG));

  describe.concurrent("the rule says what the engine shows", () => {
    it.each(CASES.map((row, index) => [...row, index] as const))(
      "%s",
      { timeout: 60_000 },
      async (line, messageId, code, says, index) => {
        const tag = `trainlint-test/entrypoint-inits:case-${index}`;
        await buildImage({ tag, dockerfile: `FROM ${TAG}\nENTRYPOINT ${JSON.stringify(line.split(" "))}\n` });
        try {
          const shown = await run(tag);
          expect(shown.code).toBe(code);
          expect(shown.output).toMatch(says);
          const image = await readImage(tag, rule.needs === undefined ? [] : [rule.needs]);
          const [finding] = runRules([rule], { image }).findings;
          expect(finding?.messageId ?? null).toBe(messageId);
          if (finding !== undefined && code !== 10) expect(finding.severity).toBe("error");
        } finally {
          await removeImage(tag);
        }
      },
    );
  });
});
