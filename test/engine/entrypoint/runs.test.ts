import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runRules } from "../../../src/core/engine.ts";
import { readImage } from "../../../src/edges/images.ts";
import { entrypointScriptRuns as rule } from "../../../src/rules/entrypoint/entrypoint-script-runs.ts";
import { buildImage, busyboxBase, describeWithEngine, pythonBase, removeImage } from "../support/images.ts";
import { said } from "../support/said.ts";

interface Case {
  readonly base?: "python";
  readonly lines: readonly string[];
  readonly files: Readonly<Record<string, string | Buffer>>;
  /** The message that the rule has to give; `null` for a container that starts. */
  readonly messageId: string | null;
  /** What the engine says, at the start or in the log. */
  readonly says: RegExp;
}

const OK = "#!/bin/sh\necho it runs\n";
const COPY = ["COPY run /start", 'ENTRYPOINT ["/start"]'];

/** A static program whose header says that it is for arm64. */
function forArm(): Buffer {
  const program = readFileSync("/bin/busybox");
  program.writeUInt16LE(183, 18);
  return program;
}

const CASES: Readonly<Record<string, Case>> = {
  good: { lines: COPY, files: { run: OK }, messageId: null, says: /it runs/ },
  "carriage return": {
    lines: COPY,
    files: { run: "#!/bin/sh\r\necho it runs\r\n" },
    messageId: "carriageReturn",
    says: /no such file or directory/,
  },
  "carriage return behind env": {
    base: "python",
    lines: COPY,
    files: { run: "#!/usr/bin/env python3\r\nprint(1)\r\n" },
    messageId: "carriageReturn",
    says: /env: .python3\\r.: No such file or directory/,
  },
  "carriage return behind an option": {
    base: "python",
    lines: COPY,
    files: { run: "#!/bin/bash -e\r\necho\r\n" },
    messageId: "carriageReturn",
    says: /invalid option/,
  },
  "byte order mark": {
    lines: COPY,
    files: { run: `\uFEFF${OK}` },
    messageId: "byteOrderMark",
    says: /exec format error/,
  },
  "empty line": {
    lines: COPY,
    files: { run: `\n${OK}` },
    messageId: "blankBefore",
    says: /exec format error/,
  },
  "no shebang": {
    lines: COPY,
    files: { run: "echo it runs\n" },
    messageId: "noShebang",
    says: /exec format error/,
  },
  "no shebang behind env": {
    base: "python",
    lines: ["COPY run /start", 'ENTRYPOINT ["env", "/start"]'],
    files: { run: "echo it runs\n" },
    messageId: null,
    says: /it runs/,
  },
  "no shebang behind an init": {
    lines: ["COPY init /init", "COPY run /start", 'ENTRYPOINT ["/init", "--", "/start"]'],
    files: { run: "echo it runs\n", init: readFileSync("/usr/bin/tini-static") },
    messageId: null,
    says: /it runs/,
  },
  empty: { lines: COPY, files: { run: "" }, messageId: "empty", says: /exec format error/ },
  "no execute bit": {
    lines: ["COPY run /start", "RUN chmod 644 /start", 'ENTRYPOINT ["/start"]'],
    files: { run: OK },
    messageId: "notExecutable",
    says: /permission denied/,
  },
  "for its owner alone": {
    lines: ["COPY run /start", "RUN chmod 744 /start", "USER 1000", 'ENTRYPOINT ["/start"]'],
    files: { run: OK },
    messageId: "notPermitted",
    says: /permission denied/,
  },
  "for its group, by name": {
    lines: [
      "COPY run /start",
      "RUN echo app:x:7:8::/:/bin/sh >> /etc/passwd && echo more:x:9:app >> /etc/group && chgrp 9 /start && chmod 710 /start",
      "USER app",
      'ENTRYPOINT ["/start"]',
    ],
    // The shell must read the script too.
    files: { run: readFileSync("/bin/busybox") },
    messageId: null,
    says: /applet not found/,
  },
  "in a closed folder": {
    lines: ["COPY run /closed/run", "RUN chmod 700 /closed", "USER 1000:1000", 'ENTRYPOINT ["/closed/run"]'],
    files: { run: OK },
    messageId: "closedFolder",
    says: /permission denied/,
  },
  "no interpreter": {
    lines: COPY,
    files: { run: "#!/bin/bash\necho it runs\n" },
    messageId: "noInterpreter",
    says: /no such file or directory/,
  },
  "no program for env": {
    base: "python",
    lines: COPY,
    files: { run: "#!/usr/bin/env Rscript\n" },
    messageId: "noEnvProgram",
    says: /env: .Rscript.: No such file or directory/,
  },
  "options behind env": {
    base: "python",
    lines: COPY,
    files: { run: "#!/usr/bin/env python3 -u\nprint(1)\n" },
    messageId: "envArguments",
    says: /env: .python3 -u.: No such file or directory/,
  },
  "options behind env -S": {
    base: "python",
    lines: COPY,
    files: { run: "#!/usr/bin/env -S python3 -u\nprint('it runs')\n" },
    messageId: null,
    says: /it runs/,
  },
  "no loader": {
    lines: COPY,
    files: { run: readFileSync("/usr/bin/tini") },
    messageId: "noLoader",
    says: /no such file or directory/,
  },
  "a loader": {
    base: "python",
    lines: ["COPY run /start", 'ENTRYPOINT ["/start", "--", "echo", "it runs"]'],
    files: { run: readFileSync("/usr/bin/tini") },
    messageId: null,
    says: /it runs/,
  },
  "another architecture": {
    lines: COPY,
    files: { run: forArm() },
    messageId: "wrongMachine",
    says: /exec format error/,
  },
  "an interpreter of another architecture": {
    lines: ["COPY interpreter /interpreter", ...COPY],
    files: { run: "#!/interpreter\n", interpreter: forArm() },
    messageId: "wrongMachine",
    says: /exec format error/,
  },
  "a program for Windows": {
    lines: COPY,
    files: { run: Buffer.from("MZ\u0090\0\u0003\0\0\0", "latin1") },
    messageId: "noProgram",
    says: /exec format error/,
  },
  "train without an ENTRYPOINT": {
    lines: ["COPY run /usr/bin/train"],
    files: { run: "#!/bin/bash\n" },
    messageId: "noInterpreter",
    says: /no such file or directory/,
  },
};

describeWithEngine("what can't be started", () => {
  const bases: Record<string, string> = {};
  beforeAll(async () => {
    bases.busybox = await busyboxBase();
    bases.python = await pythonBase();
  }, 120_000);
  const tags: string[] = [];
  afterAll(async () => {
    for (const tag of tags) await removeImage(tag);
  });

  describe.concurrent("the rule says what the engine shows", () => {
    it.each(Object.entries(CASES))(
      "%s",
      { timeout: 60_000 },
      async (name, { base, lines, files, messageId, says }) => {
        const tag = `trainlint-test/entrypoint-runs:${name.replace(/\W+/g, "-").toLowerCase()}`;
        tags.push(tag);
        await buildImage({
          tag,
          dockerfile: [`FROM ${bases[base ?? "busybox"]}`, ...lines, ""].join("\n"),
          files,
        });
        expect(await said(tag)).toMatch(says);
        const image = await readImage(tag, rule.needs === undefined ? [] : [rule.needs]);
        const findings = runRules([rule], { image }).findings;
        expect(findings.map((finding) => finding.messageId)).toEqual(messageId === null ? [] : [messageId]);
      },
    );
  });
});
