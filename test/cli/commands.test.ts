import { spawn } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { rules } from "../../src/rules/index.ts";
import { scratchFile, useCli } from "./support/bundle.ts";

const cli = useCli();

beforeAll(async () => {
  await cli.write("Dockerfile", "FROM scratch\nENTRYPOINT python train.py\n");
}, 60_000);

const COMMANDS = [
  "lint",
  "image",
  "run",
  "job",
  "check",
  "show",
  "judge",
  "explain",
  "rules",
  "clean",
  "completion",
];

test("--version is the package's", async () => {
  const { code, stdout } = await cli.run(["--version"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each(COMMANDS)("%s --help has options and examples", async (command) => {
  const { code, stdout } = await cli.run([command, "--help"]);
  expect(code).toBe(0);
  expect(stdout).toContain("Options:");
  expect(stdout).toContain("Examples:");
});

test("rules lists every rule, for people and for programs", async () => {
  const { stdout } = await cli.run(["rules"]);
  expect(stdout.match(/^TL\d{3}(?= )/gm)).toEqual(rules.map(({ id }) => id));
  expect(stdout.trimEnd()).toMatch(
    /CreateTrainingJob as botocore [\d.]+, SageMaker API 2017-07-24 has it\.$/,
  );
  const data = JSON.parse((await cli.run(["rules", "--format", "json"])).stdout);
  expect(data.rules.map(({ id }: { id: string }) => id)).toEqual(rules.map(({ id }) => id));
});

test.each([
  ["TL101", "exec-form-entrypoint"],
  ["tl502", "handles-sigterm"],
])("explain %s and %s say the same", async (id, name) => {
  const byId = await cli.run(["explain", id]);
  expect(byId.code).toBe(0);
  expect(byId.stdout).toContain(`${id.toUpperCase()} ${name}`);
  expect((await cli.run(["explain", name])).stdout).toBe(byId.stdout);
});

describe("no engine", () => {
  const env = { DOCKER_HOST: "unix:///no/engine/here.sock" };
  test.each([
    [["image", "x"]],
    [["run", "x"]],
    [["clean"]],
    [["show", "x"]],
    [["check", "--image", "x", "--run"]],
  ])("%j ends with 3 and says what to start", async (args) => {
    const { code, stdout, stderr } = await cli.run(args, { env });
    expect(code).toBe(3);
    expect(stdout + stderr).toContain("No engine answers at unix:///no/engine/here.sock");
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
  });

  test("check still reports the Dockerfile, and names what was not done", async () => {
    const args = ["check", "--dockerfile", "Dockerfile", "--image", "x", "--run"];
    const { code, stdout } = await cli.run(args, { env });
    expect(code).toBe(3);
    expect(stdout).toContain("Dockerfile:2:1 error");
    expect(stdout).toContain("The smoke run was not made:");
    const report = JSON.parse((await cli.run([...args, "--format", "json"], { env })).stdout);
    expect(report.problems.map(({ subject }: { subject: { kind: string } }) => subject.kind)).toEqual([
      "image",
      "run",
    ]);
  });
});

describe("show", () => {
  test("tells the command of PID 1", async () => {
    const { code, stdout } = await cli.run(["show", "Dockerfile"]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "SageMaker will run `/bin/sh -c 'python train.py' train` as PID 1, as root, in /.",
    );
  });

  test("prints the configuration in OCI's names, with ContainerEntrypoint and ContainerArguments", async () => {
    const args = [
      "show",
      "Dockerfile",
      "--format",
      "json",
      "--entrypoint",
      "python",
      "--args=-u",
      "--args=t.py",
    ];
    const data = JSON.parse((await cli.run(args)).stdout);
    expect(data).toMatchObject({
      subject: { kind: "dockerfile", name: "Dockerfile" },
      config: { Entrypoint: ["/bin/sh", "-c", "python train.py"], Cmd: null },
      unknown: [],
      launch: { argv: ["python", "-u", "t.py"] },
    });
  });
});

describe("completion", () => {
  test("bash: the script loads, and completes commands, options and values", async () => {
    const { stdout } = await cli.run(["completion", "bash"]);
    const script = scratchFile(cli.folder, "completion.bash", stdout);
    const complete = async (...words: string[]) => {
      const list = words.map((word) => `'${word}'`).join(" ");
      const code = `source ${script}; COMP_WORDS=(trainlint ${list}); COMP_CWORD=${words.length}; _trainlint; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return await output("bash", ["-c", code], cli.work);
    };
    expect(await complete("exp")).toContain("explain");
    expect(await complete("run", "x", "--gr")).toEqual(["--grace"]);
    expect(await complete("--format", "sa")).toEqual(["sarif"]);
    expect(await complete("completion", "z")).toEqual(["zsh"]);
    expect(await complete("Docker")).toContain("Dockerfile");
  });

  test.each(["zsh", "fish"])("%s names every command and option", async (shell) => {
    const { code, stdout } = await cli.run(["completion", shell]);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toContain(command);
    expect(stdout).toContain("stdin-filename");
  });
});

test("a reader that has seen enough is no error", async () => {
  const stderr = await new Promise<string>((resolve, reject) => {
    const child = spawn(process.execPath, [cli.bundle, "rules", "--format", "json"], {
      cwd: cli.work,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    child.stdout.destroy();
    child.on("error", reject);
    child.on("close", () => resolve(text));
  });
  expect(stderr).toBe("");
});

test("a bug is called one: exit code 4, the stack only on request", async () => {
  const preload = scratchFile(
    cli.folder,
    "break.cjs",
    [
      'const fs = require("fs");',
      "const read = fs.readFileSync;",
      "fs.readFileSync = (path, ...rest) => {",
      '  if (String(path).endsWith("Dockerfile")) throw new TypeError("made for the test");',
      "  return read(path, ...rest);",
      "};",
    ].join("\n"),
  );
  const plain = await cli.run(["Dockerfile"], { node: ["--require", preload] });
  expect(plain.code).toBe(4);
  expect(plain.stderr).toContain("this is a bug in trainlint");
  expect(plain.stderr).toContain("TypeError: made for the test");
  expect(plain.stderr).not.toMatch(/^\s+at /m);
  const verbose = await cli.run(["Dockerfile", "--verbose"], { node: ["--require", preload] });
  expect(verbose.stderr).toMatch(/^\s+at /m);
});

test("judge takes only a transcript", async () => {
  await cli.write("no.json", "{}");
  const { code, stdout } = await cli.run(["judge", "no.json"]);
  expect(code).toBe(2);
  expect(stdout).toContain("no.json");
});

async function output(command: string, args: readonly string[], cwd: string): Promise<string[]> {
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: join(cwd) });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    child.on("error", reject);
    child.on("close", () => resolve(text.split("\n").filter(Boolean)));
  });
}
