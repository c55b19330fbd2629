import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type Ran, scratchFile, useCli } from "./support/bundle.ts";

const cli = useCli();

/** Evaluated before the program, in each of its threads, with the module of threads at hand. */
function preload(name: string, code: string): readonly string[] {
  const file = scratchFile(cli.folder, name, `const threads = require("node:worker_threads");\n${code}`);
  return ["--require", file];
}

beforeAll(async () => {
  const entrypoints = ['["python", "-u", "train.py"]', "python train.py", '["./run.sh", "train"]'];
  for (let index = 0; index < 260; index += 1) {
    const ignore = index % 7 === 0 ? "# trainlint ignore=TL201 -- a try\n" : "";
    const args = index % 11 === 0 ? "ENV API_TOKEN=hunter2hunter2hunter2\n" : "";
    const lines = `FROM python:3.12\nRUN pip install torch==2.${index}\n${args}${ignore}ENTRYPOINT ${entrypoints[index % 3]}\n`;
    await cli.write(`team-${index % 10}/Dockerfile.${index}`, lines);
  }
  await cli.write("team-1/Dockerfile.bad", "RUN no FROM\n");
  await cli.write("team-2/Dockerfile.binary", "FROM a\0b\n");
  await cli.write(
    "team-3/trainlint.yaml",
    "build-args: { SECRET_KEY: s3cr3t-s3cr3t-s3cr3t }\nrules: { TL103: off }\n",
  );
  await cli.write("team-4/trainlint.yaml", "nonsense: true\n");
  await cli.write("team-5/job.json", '{"TrainingJobName": "a b"}\n');
}, 60_000);

const run = async (node: readonly string[], ...args: string[]): Promise<Ran> =>
  await cli.run([...args, ".", "team-5/job.json", "nowhere", "team-1/Dockerfile.1"], {
    node,
  });

const alone = (): readonly string[] =>
  preload("alone.cjs", 'require("node:os").availableParallelism = () => 1;');

test.each(["json", "text", "sarif"])(
  "further threads change nothing about the report in %s",
  async (format) => {
    const delivered = join(cli.folder, "delivered");
    const counted = preload(
      "counted.cjs",
      `require("node:os").availableParallelism = () => 3;
let delivered = 0;
const { Worker } = threads;
threads.Worker = class extends Worker {
  constructor(...args) {
    super(...args);
    this.on("message", () => { delivered += 1; });
  }
};
if (threads.isMainThread) process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(delivered)}, String(delivered)));`,
    );
    // The time that a thread takes to start may be all that the first one needs.
    const slow = preload(
      "slow.cjs",
      "if (threads.isMainThread) { const { readFileSync } = require('node:fs'); require('node:fs').readFileSync = (...args) => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3); return readFileSync(...args); }; }",
    );
    const expected = await run(alone(), "--format", format);
    const shared = await run([...counted, ...slow], "--format", format);
    expect(shared).toEqual(expected);
    expect(expected.code).toBe(2);
    expect(Number(readFileSync(delivered, "utf8"))).toBeGreaterThan(0);
  },
);

/** The files by name, of which so many tell that help will be needed. */
const named = (): string[] =>
  Array.from({ length: 260 }, (_, index) => `team-${index % 10}/Dockerfile.${index}`);

const helped = (): readonly string[] =>
  preload("helped.cjs", 'require("node:os").availableParallelism = () => 2;');

test("naming the files is as good as naming their folder", async () => {
  const args = [...named(), "--format", "json"];
  const expected = await cli.run(args, { node: alone() });
  expect(await cli.run(args, { node: helped() })).toEqual(expected);
  expect(JSON.parse(expected.stdout).subjects).toHaveLength(260);
});

test("with standard input among them one thread does it, and the others end", async () => {
  const args = [...named(), "-", "--format", "json"];
  const input = "FROM python:3.12\nENTRYPOINT python train.py\n";
  const expected = await cli.run(args, { node: alone(), input });
  expect(await cli.run(args, { node: helped(), input })).toEqual(expected);
  expect(JSON.parse(expected.stdout).subjects).toHaveLength(261);
});

test("what a thread that breaks leaves undone is done by the first one", async () => {
  const broken = preload(
    "broken.cjs",
    `require("node:os").availableParallelism = () => 2;
if (!threads.isMainThread) throw new Error("broken");`,
  );
  expect(await run(broken)).toEqual(await run(alone()));
});
