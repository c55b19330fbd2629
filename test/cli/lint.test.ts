import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, test } from "vitest";
import reportSchema from "../../schema/report.schema.json" with { type: "json" };
import { useCli } from "./support/bundle.ts";

const cli = useCli();

const BAD = "FROM scratch\nENTRYPOINT python -u train.py\n";
const GOOD = 'FROM scratch\nCOPY program /program\nENTRYPOINT ["/program"]\n';

beforeAll(async () => {
  await cli.write("Dockerfile", BAD);
  await cli.write("good/Dockerfile", GOOD);
  await cli.write("broken/Dockerfile", "RUN echo no stage\n");
}, 60_000);

describe("exit codes, the same for every format", () => {
  const formats = [
    "text",
    "json",
    "sarif",
    "junit",
    "checkstyle",
    "gitlab",
    "github",
    "rdjson",
    "unix",
    "markdown",
  ];
  test.each(formats)("%s", async (format) => {
    const code = async (...args: string[]) => (await cli.run([...args, "--format", format])).code;
    expect(await code("good/Dockerfile")).toBe(0);
    expect(await code("Dockerfile")).toBe(1);
    expect(await code("Dockerfile", "--fail-on", "never")).toBe(0);
    expect(await code("broken/Dockerfile")).toBe(2);
    expect(await code("nowhere")).toBe(2);
  });

  test("findings below the threshold do not fail", async () => {
    expect((await cli.run(["Dockerfile", "--rule", "TL101=warning"])).code).toBe(0);
    expect((await cli.run(["Dockerfile", "--rule", "TL101=warning", "--fail-on", "warning"])).code).toBe(1);
    expect((await cli.run(["Dockerfile", "--rule", "exec-form-entrypoint=off"])).code).toBe(0);
  });
});

test("text shows place, line, caret, help and rule", async () => {
  const { stdout } = await cli.run(["Dockerfile"]);
  expect(stdout).toContain("Dockerfile:2:1 error: ENTRYPOINT is in shell form");
  expect(stdout).toContain("  2 | ENTRYPOINT python -u train.py\n    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n");
  expect(stdout).toContain("  help: ");
  expect(stdout).toContain("[TL101 exec-form-entrypoint]");
  expect(stdout).not.toContain("\u001b");
});

test("JSON follows the schema that is shipped", async () => {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(reportSchema);
  for (const path of ["Dockerfile", "good/Dockerfile", "broken/Dockerfile", "nowhere"]) {
    const { stdout } = await cli.run([path, "--format", "json"]);
    const data = JSON.parse(stdout);
    expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
  }
  const { stdout } = await cli.run(["Dockerfile", "--format", "json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    tool: { name: "trainlint" },
    subjects: [{ kind: "dockerfile", name: "Dockerfile" }],
    findings: [
      {
        ruleId: "TL101",
        rule: "exec-form-entrypoint",
        severity: "error",
        location: {
          kind: "text",
          path: "Dockerfile",
          start: { line: 2, column: 1 },
          end: { line: 2, column: 30 },
        },
      },
    ],
    summary: { error: 1, warning: 0, info: 0 },
  });
});

test("a file that no builder takes is named with its place, and the others are still judged", async () => {
  const { code, stdout } = await cli.run(["broken/Dockerfile", "nowhere", "Dockerfile"]);
  expect(code).toBe(2);
  expect(stdout).toMatch(/broken\/Dockerfile:1:1 error: .*\[TL901 input-not-read\]/);
  expect(stdout).toContain("nowhere cannot read: There is no such file or folder.");
  expect(stdout).toContain("Dockerfile:2:1 error: ENTRYPOINT is in shell form");
});

test("turning TL901 off does not hide a file that could not be judged", async () => {
  const { code, stdout } = await cli.run(["broken/Dockerfile", "--rule", "TL901=off"]);
  expect(code).toBe(2);
  expect(stdout).toContain("TL901");
});

describe("standard input", () => {
  test("is linted under the name that is given", async () => {
    const { code, stdout } = await cli.run(["--stdin-filename", "docker/Dockerfile.gpu", "-"], {
      input: BAD,
    });
    expect(code).toBe(1);
    expect(stdout).toContain("docker/Dockerfile.gpu:2:1 error");
  });

  test("is left out where the configuration excludes the name", async () => {
    await cli.write("left/.trainlint.yaml", "exclude: [out/]\n");
    const { code, stdout } = await cli.run(["--stdin-filename", "left/out/Dockerfile", "-"], { input: BAD });
    expect(code).toBe(0);
    expect(stdout).not.toContain("error");
  });

  test("has a name of its own without one", async () => {
    const { stdout } = await cli.run(["-"], { input: BAD });
    expect(stdout).toContain("<stdin>:2:1 error");
  });
});

describe("options that are wrong", () => {
  test.each([
    [["--fromat", "json"], "There is no option `--fromat` here.", "`--format`"],
    [["--format", "jsn"], "`--format` can't be `jsn`.", "`json`"],
    [["--rule", "TL1O1=off"], "There is no rule `TL1O1`.", "`TL101`"],
    [["--rule", "TL101=of"], "`of` is no level for TL101.", "off"],
    [["--rule", "TL101"], "is not of the form RULE=LEVEL", ""],
    [["--fail-on", "errors"], "`--fail-on` can't be `errors`.", "`error`"],
    [["chek"], "There is no command and no file `chek`.", "`check`"],
    [["explain", "TL1O1"], "There is no rule `TL1O1`.", "`TL101`"],
    [["explain"], "`trainlint explain` needs an argument: RULE", ""],
    [["rules", "extra"], "is one too many", ""],
    [["--target", "a", "--target", "b"], "`--target` is given 2 times", ""],
    [
      ["--format", "json", "--format", "sarif"],
      "Only one format can go to standard output.",
      "--format sarif=FILE",
    ],
    [["check"], "`trainlint check` needs something to check.", "--dockerfile"],
    [["check", "--dockerfile", "Dockerfile", "--run"], "`--run` needs `--image`", ""],
    [["run", "x", "--grace", "soon"], "`--grace soon` is not a number", ""],
    [["--stdin-filename", "Dockerfile"], "`--stdin-filename` needs `-`", ""],
    [["completion", "fsh"], "There is no completion for `fsh`.", "fish"],
  ])("%j", async (args, message, help) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(help);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe("");
  });
});

describe("several formats at once", () => {
  test("go to files and standard output", async () => {
    const args = [
      "Dockerfile",
      "--format",
      "text",
      "--format",
      "json=out.json",
      "--format",
      "sarif=out.sarif",
    ];
    const { code, stdout } = await cli.run(args);
    expect(code).toBe(1);
    expect(stdout).toContain("Dockerfile:2:1 error");
    expect((await cli.run(["good/Dockerfile", "--format", "json=out.json"])).stdout).toBe("");
  });

  test("a file that can't be written is said, with its folder", async () => {
    const { code, stderr } = await cli.run(["Dockerfile", "--format", "json=no/such/out.json"]);
    expect(code).toBe(2);
    expect(stderr).toContain("no/such/out.json: The folder of this output file does not exist.");
  });

  test("only files: what could not be read is still said on standard error", async () => {
    const { code, stdout, stderr } = await cli.run(["nowhere", "--format", "json=out.json"]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("nowhere: There is no such file or folder.");
  });
});

describe("folders and patterns", () => {
  test("Dockerfiles are found by their names, and .gitignore counts", async () => {
    const files = ["Dockerfile.gpu", "gpu.Dockerfile", "Containerfile", "Dockerfile-train", "sub/dockerfile"];
    for (const file of files) await cli.write(`found/${file}`, BAD);
    for (const file of ["Dockerfile.md", "Dockerfile.gpu.dockerignore", "mydockerfile", "out/Dockerfile"]) {
      await cli.write(`found/${file}`, BAD);
    }
    await cli.write("found/node_modules/x/Dockerfile", BAD);
    await cli.write("found/.gitignore", "out/\n");
    const { stdout } = await cli.run(["found", "--format", "json"]);
    const names = JSON.parse(stdout).subjects.map(({ name }: { name: string }) => name);
    expect(names.sort()).toEqual(files.map((file) => `found/${file}`).sort());
  });

  test("a quoted pattern", async () => {
    const { stdout } = await cli.run(["found/Dockerfile*", "--format", "json"]);
    const names = JSON.parse(stdout).subjects.map(({ name }: { name: string }) => name);
    expect(names).toContain("found/Dockerfile.gpu");
    expect(names).not.toContain("found/gpu.Dockerfile");
  });

  test("a folder without any says so", async () => {
    await cli.write("empty/readme.md", "");
    const { code, stdout } = await cli.run(["empty"]);
    expect(code).toBe(2);
    expect(stdout).toContain("There is no Dockerfile in empty.");
  });

  test("a binary and an unreadable file", async () => {
    await cli.write("odd/Dockerfile", "FROM scratch\u0000");
    expect((await cli.run(["odd/Dockerfile"])).stdout).toContain("The file is binary, not text.");
    await writeFile(join(cli.work, "odd/Dockerfile"), Buffer.from("\uFEFFFROM scratch\n", "utf16le"));
    expect((await cli.run(["odd/Dockerfile"])).stdout).toContain("The file is UTF-16 text.");
    if (process.getuid?.() === 0) return;
    await cli.write("locked/Dockerfile", GOOD);
    await chmod(join(cli.work, "locked/Dockerfile"), 0);
    expect((await cli.run(["locked/Dockerfile"])).stdout).toContain("may not be read by this user");
  });
});

describe("colour", () => {
  test.each([
    [["--color"], {}, true],
    [[], { FORCE_COLOR: "1" }, true],
    [[], {}, false],
    [["--no-color"], { FORCE_COLOR: "1" }, false],
    [[], { FORCE_COLOR: "0" }, false],
    [["--color"], { NO_COLOR: "1" }, true],
    [[], { NO_COLOR: "1" }, false],
  ])("%j %j", async (args, env, colored) => {
    const { stdout } = await cli.run(["Dockerfile", ...args], { env });
    expect(stdout.includes("\u001b[")).toBe(colored);
  });
});

test("file names can't give orders to a terminal or a runner", async () => {
  await cli.write("x\u001b[31m/Dockerfile", BAD);
  await cli.write("::error::y/Dockerfile", BAD);
  const { stdout } = await cli.run(["x\u001b[31m/Dockerfile", "::error::y/Dockerfile"]);
  expect(stdout).not.toContain("\u001b");
  expect(stdout).toContain("x<U+001B>[31m/Dockerfile:2:1");
  expect(stdout).not.toMatch(/^::/m);
});
