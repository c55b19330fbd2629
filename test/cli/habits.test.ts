import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { useCli } from "./support/bundle.ts";

const cli = useCli();

const LONG = `ENTRYPOINT python train.py ${"--option=value ".repeat(20)}`;

beforeAll(async () => {
  await cli.write("Dockerfile", `FROM python:3.12\n${LONG}\n`);
}, 60_000);

test.each([
  [["chek"], "`check`"],
  [["comletion", "bash"], "`completion`"],
  [["--fromat", "json"], "`--format`"],
  [["run", "x", "--gracee", "1"], "`--grace`"],
  [["--format", "sarfi"], "`sarif`"],
  [["explain", "handle-sigterm"], "`handles-sigterm`"],
  [["--rule", "TL1O1=off"], "`TL101`"],
])("%j is asked about: did you mean %s?", async (args, meant) => {
  const { code, stdout, stderr } = await cli.run(args);
  expect(code).toBe(2);
  expect(stdout + stderr).toContain(`Did you mean ${meant}?`);
});

test("a reader that closes the pipe after a line gets no stack, and fails no pipeline", () => {
  const command = `set -o pipefail; '${process.execPath}' '${cli.bundle}' rules --format json | head -n 1`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "{\n", stderr: "" });
});

const PYTHON = "/usr/bin/python3";

test.skipIf(!existsSync(PYTHON))("a slow reader of a pipe that does not wait gets everything", async () => {
  const program = `
import os, subprocess, sys, time
reading, writing = os.pipe()
os.set_blocking(writing, False)
process = subprocess.Popen(sys.argv[1:], stdout=writing)
os.close(writing)
time.sleep(1)
with os.fdopen(reading, "rb") as pipe:
    sys.stdout.buffer.write(pipe.read())
sys.exit(process.wait())
`;
  const args = ["rules", "--format", "json"];
  const { status, stdout } = spawnSync(PYTHON, ["-c", program, process.execPath, cli.bundle, ...args], {
    encoding: "utf8",
  });
  expect(status).toBe(0);
  // More than a pipe holds.
  expect(stdout.length).toBeGreaterThan(65_536);
  expect(stdout).toBe((await cli.run(args)).stdout);
});

describe.skipIf(process.platform !== "linux")("where there is no room for what is printed", () => {
  test.each([
    ["standard output", ">/dev/full", 3],
    ["standard error, which can't say so", "nosuch 2>/dev/full", 2],
  ])("%s", (_, rest, code) => {
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", `'${process.execPath}' '${cli.bundle}' Dockerfile ${rest}`],
      { cwd: cli.work, encoding: "utf8" },
    );
    expect(status).toBe(code);
    if (code === 3) expect(stderr).toMatch(/^trainlint: What trainlint prints could not be written: ENOSPC/);
  });
});

const SCRIPT = "/usr/bin/script";

describe.skipIf(!existsSync(SCRIPT))("on a terminal", () => {
  /** Runs the bundle on a pseudo terminal of so many columns. */
  function onTerminal(columns: number, env: NodeJS.ProcessEnv = {}): string {
    const command = `stty cols ${columns}; '${process.execPath}' '${cli.bundle}' Dockerfile --quiet`;
    const { stdout } = spawnSync(SCRIPT, ["-qec", command, "/dev/null"], {
      cwd: cli.work,
      env: { PATH: process.env.PATH, HOME: cli.folder, TERM: "xterm-256color", ...env },
      encoding: "utf8",
    });
    return stdout.replaceAll("\r\n", "\n");
  }

  test.each([50, 80, 132])("source lines are cut to %d columns", (columns) => {
    const lines = onTerminal(columns, { NO_COLOR: "1" }).split("\n");
    const source = lines.filter((line) => /^ {2}(2| ) \|/.test(line));
    expect(source.length).toBeGreaterThanOrEqual(2);
    for (const line of source) expect(line.length).toBeLessThanOrEqual(columns);
    expect(source[0]?.length).toBeGreaterThan(columns - 10);
  });

  test("there is colour, unless NO_COLOR or the terminal says otherwise", () => {
    expect(onTerminal(80)).toContain("\u001b[31m");
    expect(onTerminal(80, { NO_COLOR: "1" })).not.toContain("\u001b[");
    expect(onTerminal(80, { TERM: "dumb" })).not.toContain("\u001b[");
  });
});
