import { execFile, execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import reportSchema from "../../schema/report.schema.json" with { type: "json" };
import { useCli } from "./support/bundle.ts";

const cli = useCli();

const HEAD = "FROM python:3.12\nENV PYTHONUNBUFFERED=1\nCOPY train.py /opt/program/train.py\n";
const SHELL = `${HEAD}ENTRYPOINT tini -- python /opt/program/train.py\n`;
const FIXED = `${HEAD}ENTRYPOINT ["python", "/opt/program/train.py"]\n`;
const UNSAFE = `${HEAD}ENTRYPOINT python $MAIN\n`;

const contentOf = (path: string) => readFile(join(cli.work, path), "utf8");

describe("--diff", () => {
  test("prints what git apply takes, changes nothing, and ends as lint does", async () => {
    await cli.write("d/Dockerfile", SHELL);
    const { code, stdout, stderr } = await cli.run(["--diff", "d"]);
    expect(code).toBe(1);
    expect(stdout).toContain("--- a/d/Dockerfile\n+++ b/d/Dockerfile\n@@ -1,4 +1,4 @@\n FROM python:3.12\n");
    expect(stdout).toContain('+ENTRYPOINT ["python", "/opt/program/train.py"]\n');
    expect(stderr).toContain("[TL101 exec-form-entrypoint]");
    expect(stderr).toContain("The diff fixes 2; `--fix` in place of `--diff` does it.");
    expect(await contentOf("d/Dockerfile")).toBe(SHELL);

    execFileSync("git", ["apply", "-"], { cwd: cli.work, input: stdout });
    expect(await contentOf("d/Dockerfile")).toBe(FIXED);
    expect(await cli.run(["--diff", "d"])).toMatchObject({ code: 0, stdout: "" });
  });

  test("wins over --fix, and shows CRLF as it is", async () => {
    const text = SHELL.replaceAll("\n", "\r\n");
    await cli.write("d/crlf/Dockerfile", text);
    const { stdout } = await cli.run(["--fix", "--diff", "d/crlf"]);
    expect(stdout).toContain("-ENTRYPOINT tini -- python /opt/program/train.py\r\n");
    expect(await contentOf("d/crlf/Dockerfile")).toBe(text);
  });

  test("obeys no control characters on a CI runner", async () => {
    await cli.write("d/evil/Dockerfile", SHELL.replace("ENV ", "LABEL x=\u001b[31m##[group]x\nENV "));
    const { stdout } = await cli.run(["--diff", "d/evil"], { env: { CI: "true" } });
    expect(stdout).toContain("<U+001B>[31m# #[group]");
    expect((await cli.run(["--diff", "d/evil"])).stdout).toContain("\u001b[31m##[group]");
  });
});

describe("--fix", () => {
  test("writes the file and reports what remains", async () => {
    await cli.write("f/Dockerfile", `${SHELL}VOLUME /opt/ml/model\n`);
    await cli.write("f/Dockerfile.other", UNSAFE);
    const { code, stdout } = await cli.run(["--fix", "f"]);
    expect(code).toBe(1);
    expect(stdout).toContain("f/Dockerfile:4:1 fixed: Write the exec form [TL101 exec-form-entrypoint]");
    expect(stdout).toContain("fixed: Start the program itself, without tini [TL102 no-tini-entrypoint]");
    expect(stdout).toContain("[TL201 no-data-in-opt-ml]");
    expect(stdout).toContain("; 2 fixed.");
    expect(stdout).toContain("Fixable: 1 with `--unsafe-fixes`");
    expect(await contentOf("f/Dockerfile")).toBe(`${FIXED}VOLUME /opt/ml/model\n`);
    expect(await contentOf("f/Dockerfile.other")).toBe(UNSAFE);
  });

  test("--unsafe-fixes makes the others too", async () => {
    const { code } = await cli.run(["--fix", "--unsafe-fixes", "f/Dockerfile.other"]);
    expect(code).toBe(0);
    expect(await contentOf("f/Dockerfile.other")).toContain(
      'ENTRYPOINT ["/bin/sh", "-c", "exec python $MAIN \\"$@\\"", "sh"]',
    );
    expect((await cli.run(["--unsafe-fixes", "f"])).code).toBe(2);
  });

  test("JSON tells what was fixed, by the schema", async () => {
    await cli.write("f/json/Dockerfile", SHELL);
    const { stdout } = await cli.run(["--fix", "f/json", "--format", "json"]);
    const data = JSON.parse(stdout);
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(reportSchema);
    expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
    expect(data).toMatchObject({
      findings: [],
      fixes: { written: true, applied: [{ ruleId: "TL101" }, { ruleId: "TL102" }], refused: [] },
    });
  });

  test("leaves alone what a comment ignores, what is turned off and what is excluded", async () => {
    const ignored = SHELL.replace("ENTRYPOINT", "# trainlint ignore=TL101,TL102 -- local use\nENTRYPOINT");
    await cli.write("i/Dockerfile", ignored);
    expect((await cli.run(["--fix", "i"])).code).toBe(0);
    expect(await contentOf("i/Dockerfile")).toBe(ignored);

    await cli.write("o/Dockerfile", SHELL);
    await cli.run(["--fix", "o", "--rule", "TL101=off"]);
    expect(await contentOf("o/Dockerfile")).toBe(SHELL);

    await cli.write("o/.trainlint.yaml", "exclude: [Dockerfile]\n");
    await cli.run(["--fix", "o/Dockerfile"]);
    expect(await contentOf("o/Dockerfile")).toBe(SHELL);
  });

  test("a fix that would bring another finding is not made, and that is said", async () => {
    const masked = `FROM python:3.12\nENTRYPOINT ["tini", "-s", "--", "tini", "--"]\n`;
    await cli.write("m/Dockerfile", masked);
    const { stdout } = await cli.run(["--fix", "m"]);
    expect(await contentOf("m/Dockerfile")).toBe(masked);
    expect(stdout).toContain("Not fixed: TL102 at m/Dockerfile:2:13, since another finding");
  });

  test("what is no file of its own is not written, and still judged", async () => {
    await cli.write("l/Dockerfile", SHELL);
    const piped = await promisify(execFile)(
      "bash",
      ["-c", `"${process.execPath}" "${cli.bundle}" --fix <(cat l/Dockerfile); echo "code $?"`],
      { cwd: cli.work },
    );
    expect(piped.stdout).toContain("cannot read: Only a regular file can be fixed.");
    expect(piped.stdout).toContain("[TL101 exec-form-entrypoint]");
    expect(piped.stdout).toContain("; 0 fixed");
    expect(piped.stdout).toContain("code 2");
  });

  test("a file that no builder takes stays as it is", async () => {
    await cli.write("b/Dockerfile", "RUN echo no stage\n");
    expect((await cli.run(["--fix", "b"])).code).toBe(2);
    expect(await contentOf("b/Dockerfile")).toBe("RUN echo no stage\n");
  });
});

describe("standard input", () => {
  test("--fix prints the fixed file, and the report on standard error", async () => {
    const { code, stdout, stderr } = await cli.run(["--fix", "--stdin-filename", "Dockerfile", "-"], {
      input: SHELL,
    });
    expect(stdout).toBe(FIXED);
    expect(stderr).toContain("No findings in 1 Dockerfile; 2 fixed.");
    expect(code).toBe(0);
  });

  test("a file that can't be fixed, or read, comes back as it went", async () => {
    for (const input of [UNSAFE, "RUN echo no stage\n", FIXED]) {
      expect((await cli.run(["--fix", "-"], { input })).stdout).toBe(input);
    }
    expect((await cli.run(["--fix", "--stdin-filename", "o/Dockerfile", "-"], { input: SHELL })).stdout).toBe(
      SHELL,
    );
  });

  test("--diff", async () => {
    const { stdout } = await cli.run(["--diff", "--stdin-filename", "x/Dockerfile", "-"], { input: SHELL });
    expect(stdout).toContain("--- a/x/Dockerfile\n");
  });
});
