import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runRules } from "../../../src/core/engine.ts";
import { readImage } from "../../../src/edges/images.ts";
import { entrypointProgramMissing as rule } from "../../../src/rules/entrypoint/entrypoint-program-missing.ts";
import { buildImage, describeWithEngine, pythonBase, removeImage } from "../support/images.ts";
import { said } from "../support/said.ts";

/** Entrypoint, working folder, the message that the rule has to give, and what the engine says. */
const CASES: readonly (readonly [readonly string[], string, string | null, RegExp])[] = [
  [["/app/run.sh"], "/", null, /it runs/],
  [["./run.sh"], "/app", null, /it runs/],
  [["./run.sh"], "/", "missing", /no such file or directory/],
  [["run.sh"], "/app", "missing", /executable file not found in \$PATH/],
  [["/app"], "/", "folder", /permission denied|is a directory/],
  [["Rscript"], "/", "missing", /executable file not found in \$PATH/],
  [["python3", "run.py"], "/app", null, /it runs/],
  [["python3", "run.py"], "/", "scriptMissing", /can't open file '\/+run.py'/],
  [["python3", "/module"], "/", null, /it runs/],
  [["python3", "$APP/run.py"], "/app", "scriptMissing", /can't open file/],
  [["bash", "run.sh"], "/app", null, /it runs/],
  [["bash", "on-path.sh"], "/", null, /it runs/],
  [["bash", "run.sh"], "/", "scriptMissing", /run.sh: No such file or directory/],
  [["/usr/bin/tini", "--", "/nowhere"], "/", "missing", /exec \/nowhere failed: No such file or directory/],
  [["env", "A=1", "nothing"], "/", "missing", /No such file or directory/],
];

const TAG = "trainlint-test/entrypoint-missing:latest";

describeWithEngine("files that an ENTRYPOINT names", () => {
  beforeAll(async () => {
    await buildImage({
      tag: TAG,
      dockerfile: [
        `FROM ${await pythonBase()}`,
        "COPY run.sh run.py /app/",
        "COPY run.py /module/__main__.py",
        "COPY run.sh /usr/local/bin/on-path.sh",
        "COPY tini /usr/bin/tini",
        "ENV APP=/app",
        "",
      ].join("\n"),
      files: {
        "run.sh": "#!/bin/sh\necho it runs\n",
        "run.py": "print('it runs')\n",
        tini: readFileSync("/usr/bin/tini-static"),
      },
    });
  }, 120_000);
  const tags = [TAG];
  // All of them at the end: builds that share a step must not lose it while they run.
  afterAll(async () => {
    for (const tag of tags.reverse()) await removeImage(tag);
  });

  describe.concurrent("the rule says what the engine shows", () => {
    it.each(CASES.map((row, index) => [...row, index] as const))(
      "%j in %s",
      async (entrypoint, folder, messageId, says, index) => {
        const tag = `trainlint-test/entrypoint-missing:case-${index}`;
        const dockerfile = `FROM ${TAG}\nWORKDIR ${folder}\nENTRYPOINT ${JSON.stringify(entrypoint)}\n`;
        tags.push(tag);
        await buildImage({ tag, dockerfile });
        expect(await said(tag)).toMatch(says);
        const image = await readImage(tag, rule.needs === undefined ? [] : [rule.needs]);
        const found = runRules([rule], { image }).findings.map((finding) => finding.messageId);
        expect(found).toEqual(messageId === null ? [] : [messageId]);
      },
    );
  });
});
