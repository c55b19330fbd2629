import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { savedMembers, writeSaved } from "../support/saved.ts";
import { tar } from "../support/tar.ts";
import { type Ran, scratchFile, useCli } from "./support/bundle.ts";

const cli = useCli();
let witness: string;
let expected: Ran;

beforeAll(async () => {
  await cli.write("Dockerfile", "FROM python:3.12\nRUN pip install x\nENTRYPOINT python /opt/t.py\n");
  // Tells what becomes of the kept code: V8 says whether it took it.
  witness = scratchFile(
    cli.folder,
    "witness.cjs",
    `const vm = require("vm");
     const { Script } = vm;
     vm.Script = class extends Script {
       constructor(source, options) {
         super(source, options);
         const { cachedData } = options;
         const use = cachedData === undefined ? "none" : this.cachedDataRejected ? "rejected" : "used";
         process.on("exit", () => require("fs").writeSync(2, "kept code: " + use + "\\n"));
       }
     };`,
  );
  expected = await cli.run(["Dockerfile"], { env: { TRAINLINT_NO_CACHE: "1" } });
  expect(expected).toMatchObject({ code: 1, stderr: "" });
  expect(expected.stdout).toContain("TL101");
}, 60_000);

/** A home that nothing has happened in. */
function home(): string {
  return mkdtempSync(join(cli.folder, "home-"));
}

function kept(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** Lints, demands the output of a run without any cache, and answers what became of the kept code. */
async function lint(env: NodeJS.ProcessEnv, flags: readonly string[] = []): Promise<string> {
  const node = [...flags, "--require", witness];
  const { code, stdout, stderr } = await cli.run(["Dockerfile"], { env, node });
  expect({ code, stdout }).toEqual({ code: 1, stdout: expected.stdout });
  return stderr.replace(/^kept code: (.*)\n$/, "$1");
}

test("the first run keeps the compiled code where only the user can read it, and later ones use it", async () => {
  const HOME = home();
  const folder = join(HOME, ".cache/trainlint");
  expect(await lint({ HOME })).toBe("none");
  const [file = "", ...others] = kept(folder);
  expect(others).toEqual([]);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { ino } = statSync(file);
  expect(await lint({ HOME })).toBe("used");
  expect(statSync(file).ino).toBe(ino);
});

test("XDG_CACHE_HOME moves it, and TRAINLINT_NO_CACHE turns it off", async () => {
  const HOME = home();
  const XDG_CACHE_HOME = join(HOME, "caches");
  expect(await lint({ HOME, XDG_CACHE_HOME, TRAINLINT_NO_CACHE: "1" })).toBe("none");
  expect(readdirSync(HOME)).toEqual([]);
  expect(await lint({ HOME, XDG_CACHE_HOME })).toBe("none");
  expect(readdirSync(HOME)).toEqual(["caches"]);
  expect(await lint({ HOME, XDG_CACHE_HOME })).toBe("used");
  expect(await lint({ HOME, XDG_CACHE_HOME, TRAINLINT_NO_CACHE: "1" })).toBe("none");
});

test("a command that has seen little of the code keeps nothing", async () => {
  const HOME = home();
  await cli.run(["--version"], { env: { HOME } });
  expect(readdirSync(HOME)).toEqual([]);
});

test("what a run over many files has kept is of use for one, and the other way round", async () => {
  const many = join(cli.work, "many");
  for (const name of ["a", "b"]) await cli.write(`many/Dockerfile.${name}`, "FROM scratch\n");
  const HOME = home();
  const lintMany = async () => {
    const { stderr } = await cli.run([many], { env: { HOME }, node: ["--require", witness] });
    return stderr;
  };
  expect(await lintMany()).toBe("kept code: none\n");
  expect(await lint({ HOME })).toBe("used");
  expect(await lintMany()).toBe("kept code: used\n");
});

test("reading a saved image keeps what it has called besides, for itself", async () => {
  writeSaved(join(cli.work, "image.tar"), savedMembers([{ unpacked: tar([{ name: "train" }]) }]));
  const HOME = home();
  const image = async () => {
    const { stderr } = await cli.run(["image", "image.tar"], { env: { HOME }, node: ["--require", witness] });
    return stderr;
  };
  expect(await image()).toBe("kept code: none\n");
  expect(await image()).toBe("kept code: used\n");
  expect(await lint({ HOME })).toBe("none");
  const names = kept(join(HOME, ".cache/trainlint")).map((file) => /-(image|lint)-/.exec(file)?.[1]);
  expect(names.sort()).toEqual(["image", "lint"]);
  expect(await lint({ HOME })).toBe("used");
  expect(await image()).toBe("kept code: used\n");
});

describe("where nothing can be kept, linting is the same", () => {
  test.each([
    ["no home", { HOME: undefined }],
    ["an empty home", { HOME: "" }],
    ["a relative home", { HOME: "here" }],
    ["a home that does not exist", { HOME: "/no/such/home" }],
    ["a home that nobody can write to", { HOME: "/proc" }],
    ["a home that is a file", { HOME: process.execPath }],
  ])("%s", async (_, env) => {
    expect(await lint(env)).toBe("none");
    expect(existsSync(join(cli.work, "here"))).toBe(false);
    expect(existsSync(join(cli.work, ".cache"))).toBe(false);
  });

  test("a disk that is full in mid-file: nothing is left of it", () => {
    const HOME = home();
    // A write beyond this many blocks fails, as on a full disk.
    const limited = `trap "" XFSZ; ulimit -f 200; exec "$0" "$@"`;
    const { status, stdout, stderr } = spawnSync(
      "sh",
      ["-c", limited, process.execPath, cli.bundle, "Dockerfile"],
      { cwd: cli.work, env: { PATH: process.env.PATH, HOME }, encoding: "utf8" },
    );
    expect({ code: status, stdout, stderr }).toEqual(expected);
    expect(existsSync(join(HOME, ".cache/trainlint"))).toBe(true);
    expect(kept(join(HOME, ".cache/trainlint"))).toEqual([]);
  });
});

test("several first runs at once do not disturb each other", async () => {
  const HOME = home();
  const uses = await Promise.all(Array.from({ length: 6 }, () => lint({ HOME })));
  expect(uses).toContain("none");
  expect(kept(join(HOME, ".cache/trainlint"))).toHaveLength(1);
  expect(await lint({ HOME })).toBe("used");
}, 30_000);

describe("what can't be believed is not read, and replaced", () => {
  test.each<[string, (file: string) => void]>([
    ["cut short", (file) => truncateSync(file, 100_000)],
    ["cut in half", (file) => truncateSync(file, statSync(file).size / 2)],
    ["empty", (file) => truncateSync(file, 0)],
    ["a single byte", (file) => writeFileSync(file, "x")],
    ["full of zeros", (file) => writeFileSync(file, Buffer.alloc(statSync(file).size))],
    [
      "one bit changed in the middle",
      (file) => {
        const content = readFileSync(file);
        const middle = content.length >> 1;
        content[middle] = (content[middle] ?? 0) ^ 1;
        writeFileSync(file, content);
      },
    ],
    ["writable for others", (file) => chmodSync(file, 0o666)],
    [
      "a link",
      (file) => {
        const elsewhere = `${file}.elsewhere`;
        writeFileSync(elsewhere, readFileSync(file), { mode: 0o600 });
        rmSync(file);
        symlinkSync(elsewhere, file);
      },
    ],
    [
      "a pipe that nobody writes to",
      (file) => {
        rmSync(file);
        spawnSync("mkfifo", [file]);
      },
    ],
  ])("%s", async (_, spoil) => {
    const HOME = home();
    await lint({ HOME });
    const [file = ""] = kept(join(HOME, ".cache/trainlint"));
    spoil(file);
    expect(await lint({ HOME })).not.toBe("used");
    expect(await lint({ HOME })).toBe("used");
  });

  test("a folder in its place stays, and nothing else is left there", async () => {
    const HOME = home();
    await lint({ HOME });
    const [file = ""] = kept(join(HOME, ".cache/trainlint"));
    rmSync(file);
    mkdirSync(file);
    expect(await lint({ HOME })).toBe("none");
    expect(kept(join(HOME, ".cache/trainlint"))).toEqual([file]);
  });

  test("a folder that others can write to is neither read nor written", async () => {
    const HOME = home();
    await lint({ HOME });
    const folder = join(HOME, ".cache/trainlint");
    const [file = ""] = kept(folder);
    const { ino } = statSync(file);
    chmodSync(folder, 0o777);
    expect(await lint({ HOME })).toBe("none");
    expect(statSync(file).ino).toBe(ino);
  });

  test.runIf(process.getuid?.() === 0)("somebody else's home gets no folder of root's", async () => {
    const HOME = home();
    chownSync(HOME, 65_534, 65_534);
    expect(await lint({ HOME })).toBe("none");
    expect(readdirSync(HOME)).toEqual([]);
  });

  test.runIf(process.getuid?.() === 0)("somebody else's file is not read", async () => {
    const HOME = home();
    await lint({ HOME });
    const [file = ""] = kept(join(HOME, ".cache/trainlint"));
    chownSync(file, 65_534, 65_534);
    expect(await lint({ HOME })).toBe("none");
    expect(await lint({ HOME })).toBe("used");
  });
});

test("code for other flags of V8 is refused by V8, and replaced", async () => {
  const HOME = home();
  await lint({ HOME });
  expect(await lint({ HOME }, ["--no-opt"])).toBe("rejected");
  expect(await lint({ HOME }, ["--no-opt"])).toBe("used");
});

test("of the files of other versions the newest remain", async () => {
  const HOME = home();
  const folder = join(HOME, ".cache/trainlint");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let age = 1; age <= 10; age += 1) {
    const file = join(folder, `other-${age}`);
    writeFileSync(file, "");
    const time = Date.now() / 1000 - age * 3600;
    utimesSync(file, time, time);
  }
  await lint({ HOME });
  const names = readdirSync(folder).filter((name) => name.startsWith("other-"));
  expect(names.sort()).toEqual([1, 2, 3, 4, 5, 6, 7].map((age) => `other-${age}`));
  expect(await lint({ HOME })).toBe("used");
});
