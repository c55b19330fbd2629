import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { transcriptOf } from "../../src/core/run/transcript.ts";
// @ts-expect-error a plain script
import { attw } from "../../tools/clients/attw.mjs";

const program: string | null = attw.find();
const folder = mkdtempSync(join(tmpdir(), "trainlint-package-"));
const release = inject("releaseTree");
const project = join(folder, "project");

/** Runs a command of the project; its output is the message where it fails. */
function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: project, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

beforeAll(() => {
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  run("npm", "pack", "--silent", `--pack-destination=${folder}`, release);
  run("npm", "install", "--silent", "--offline", "--no-audit", "--no-fund", tarball());
  // What the type checker takes besides: the types that the project itself uses.
  mkdirSync(join(project, "node_modules/@types"), { recursive: true });
  symlinkSync(resolve("node_modules/@types/node"), join(project, "node_modules/@types/node"));
  symlinkSync(resolve("node_modules/undici-types"), join(project, "node_modules/undici-types"));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function tarball(): string {
  const name = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  if (name === undefined) throw new Error("npm pack made no package");
  return join(folder, name);
}

test("a release tree is not written over something else", () => {
  const { status, stderr } = spawnSync(process.execPath, ["tools/release-tree.mjs", project], {
    encoding: "utf8",
  });
  expect(status).toBe(2);
  expect(stderr).toContain("is not empty");
});

test("publint has nothing to say", async () => {
  const { messages } = await publint({ pkgDir: release, strict: true });
  expect(messages).toEqual([]);
});

test.skipIf(program === null)("attw: types and code resolve in every mode for ES modules", () => {
  const args = [resolve(program ?? ""), tarball(), "--profile=esm-only", "--no-emoji", "--no-color"];
  expect(run(process.execPath, ...args)).toMatch(/node16 \(from ESM\) │ OK \(ESM\)/);
});

test("the package installs without anything else, and its command runs", () => {
  expect(
    readdirSync(join(project, "node_modules")).filter((name) => !/^(\.|@types|undici)/.test(name)),
  ).toEqual(["trainlint"]);
  expect(run("npx", "--no-install", "trainlint", "--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe("a program that uses the library", () => {
  test("gets the findings of a Dockerfile, with their types", () => {
    writeFileSync(join(project, "use.ts"), PROGRAM);
    const tsc = resolve("node_modules/.bin/tsc");
    const options = ["--strict", "--module", "nodenext", "--target", "es2022", "--types", "node", "--noEmit"];
    run(tsc, ...options, "use.ts");
    writeFileSync(join(project, "run.json"), JSON.stringify(KILLED));
    writeFileSync(join(project, "use.mjs"), withoutTypes(PROGRAM));
    expect(JSON.parse(run(process.execPath, "use.mjs"))).toEqual({
      dockerfile: "TL101 2",
      off: [],
      run: ["TL502"],
      image: ["input"],
      wrong: "UserError",
    });
  });

  test("is told about a type that is wrong", () => {
    writeFileSync(
      join(project, "wrong.ts"),
      'import { judge } from "trainlint";\nvoid judge({ kind: "run" });\n',
    );
    const tsc = resolve("node_modules/.bin/tsc");
    expect(() =>
      run(tsc, "--strict", "--module", "nodenext", "--types", "node", "--noEmit", "wrong.ts"),
    ).toThrow(/TS2740/);
  });

  test("can do what the page on the library shows", () => {
    const [, example = ""] = /```js\n([\s\S]*?)```/.exec(readFileSync("docs/library.md", "utf8")) ?? [];
    writeFileSync(join(project, "example.mjs"), example);
    expect(run(process.execPath, "example.mjs")).toMatch(/^2 error TL101: ENTRYPOINT is in shell form/);
  });

  test("loads nothing of the engine for a Dockerfile", () => {
    const code = `import { lintDockerfile } from "trainlint"; await lintDockerfile("FROM scratch\\n");
      console.log(process.moduleLoadList.filter((name) => / (net|http|tls|dns)$/.test(name)).join());`;
    writeFileSync(join(project, "quiet.mjs"), code);
    expect(run(process.execPath, "quiet.mjs").trim()).toBe("");
  });
});

const KILLED = transcriptOf({
  exit: { code: 137, oomKilled: false },
  stop: { seconds: 120, killed: true },
  events: [
    ...transcriptOf().events.slice(0, -1),
    { name: "sigkill", at: 121 },
    { name: "exited", at: 121.1 },
  ],
});

const PROGRAM = `import { readFileSync } from "node:fs";
import { inspectImage, judge, lintDockerfile, type Report, type Transcript, UserError } from "trainlint";

const text = "FROM python:3.12\\nENTRYPOINT python train.py\\n";
const report: Report = await lintDockerfile(text, { path: "docker/Dockerfile" });
const off = await lintDockerfile(text, { rules: { "exec-form-entrypoint": "off" } });
const transcript: Transcript = JSON.parse(readFileSync("run.json", "utf8"));
const run = await judge(transcript);
const image = await inspectImage("docker-archive:none.tar");
let wrong = "";
try {
  await lintDockerfile(text, { rules: { nonsense: "off" } });
} catch (error) {
  if (error instanceof UserError) wrong = error.name;
}
console.log(
  JSON.stringify({
    dockerfile: report.findings
      .map(({ ruleId, location }) => (location.kind === "text" ? \`\${ruleId} \${location.start.line}\` : ruleId))
      .find((text) => text.startsWith("TL101")),
    off: off.findings.map(({ ruleId }) => ruleId).filter((id) => id === "TL101"),
    run: run.findings.filter(({ severity }) => severity === "error").map(({ ruleId }) => ruleId),
    image: image.problems.map(({ kind }) => kind),
    wrong,
  }),
);
`;

/** The same program as JavaScript. */
function withoutTypes(program: string): string {
  return program
    .replace(": Report", "")
    .replace(": Transcript", "")
    .replace(/type (Report|Transcript), /g, "");
}
