import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { buildBundle, scratchFile, useCli } from "./support/bundle.ts";

const cli = useCli();

beforeAll(async () => {
  await cli.write("Dockerfile", 'FROM python:3.12\nRUN pip install x\nENTRYPOINT ["python", "t.py"]\n');
}, 60_000);

describe("linting a Dockerfile", () => {
  /** The builtin modules that Node has loaded when `args` are done; standard streams are files. */
  function loadedBuiltins(...args: string[]): Set<string> {
    const list = join(cli.folder, "modules.txt");
    const preload = scratchFile(
      cli.folder,
      "record.cjs",
      `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(list)}, process.moduleLoadList.join("\\n")));`,
    );
    const output = openSync(join(cli.folder, "out.txt"), "w");
    const { status } = spawnSync(process.execPath, ["--require", preload, ...args], {
      cwd: cli.work,
      env: { ...process.env, XDG_CACHE_HOME: cli.folder },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    expect(status).toBe(0);
    return new Set(readFileSync(list, "utf8").split("\n"));
  }

  test("loads nothing of the network", () => {
    const empty = loadedBuiltins(scratchFile(cli.folder, "empty.mjs", ""));
    const lint = loadedBuiltins(cli.bundle, "Dockerfile");
    const more = [...lint].filter((name) => !empty.has(name));
    const network =
      /^NativeModule (_?http|https|http2|_tls|tls|net|dns|dgram|inspector|child_process|cluster)/;
    expect(more.filter((name) => network.test(name))).toEqual([]);
    // The check can fail: asking for an image does load it.
    const image = spawnSync(process.execPath, [cli.bundle, "image", "x"], {
      cwd: cli.work,
      env: { ...process.env, DOCKER_HOST: "unix:///no.sock", NODE_DEBUG: "http" },
    });
    expect(image.status).toBe(3);
  });

  test("does not even evaluate dockerode, which is in the bundle", () => {
    const functions = (...args: string[]) =>
      evaluatedModules(args).filter((name) => /dockerode|docker-modem|ssh2/.test(name));
    expect(functions("image", "x")).not.toEqual([]);
    expect(functions("Dockerfile")).toEqual([]);
  });

  /** Names of the packages' modules that ran, and of all functions, by V8's coverage of the bundle's chunks. */
  function evaluatedModules(args: readonly string[]): string[] {
    const coverage = mkdtempSync(join(tmpdir(), "trainlint-coverage-"));
    spawnSync(process.execPath, [cli.bundle, ...args], {
      cwd: cli.work,
      // Code that was compiled without coverage does not count its calls.
      env: {
        ...process.env,
        NODE_V8_COVERAGE: coverage,
        TRAINLINT_NO_CACHE: "1",
        DOCKER_HOST: "unix:///no.sock",
      },
    });
    const reports = readdirSync(coverage).map((file) =>
      JSON.parse(readFileSync(join(coverage, file), "utf8")),
    );
    const scripts = reports
      .flatMap(({ result }) => result)
      .filter(({ url }) => url.includes("/trainlint.mjs/"));
    expect(scripts.length).toBeGreaterThan(0);
    return scripts
      .flatMap(({ functions }) => functions)
      .filter(({ ranges }) => ranges[0].count > 0)
      .map(({ functionName }) => functionName);
  }
});

test("two builds give the same bytes", async () => {
  const again = await buildBundle(mkdtempSync(join(tmpdir(), "trainlint-again-")));
  expect(readFileSync(again)).toEqual(readFileSync(cli.bundle));
}, 60_000);

test("the licences of the packages in it lie beside it", () => {
  const notices = readFileSync(join(cli.folder, "bin/THIRD-PARTY-NOTICES.txt"), "utf8");
  for (const name of ["dockerode", "unbash", "yargs", "chalk", "yaml"]) {
    expect(notices).toMatch(new RegExp(`^${name} \\d`, "m"));
  }
});

test("its bill of materials names it by its hash, and each package in it with version and licence", () => {
  const bom = JSON.parse(readFileSync(join(cli.folder, "bin/trainlint.cdx.json"), "utf8"));
  const hash = createHash("sha256").update(readFileSync(cli.bundle)).digest("hex");
  expect(bom.metadata.component.hashes).toEqual([{ alg: "SHA-256", content: hash }]);
  const lock = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"));
  const locked = Object.entries<{ version: string }>(lock.packages).map(
    ([path, { version }]) => `${path.replace(/^.*node_modules\//, "")}@${version}`,
  );
  expect(bom.components.length).toBeGreaterThan(10);
  for (const { name, version, licenses, purl } of bom.components) {
    expect(locked).toContain(`${name}@${version}`);
    expect(licenses, purl).toHaveLength(1);
  }
});

test("it runs where there is nothing else: no node_modules, no package.json", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [cli.bundle, "rules"], { cwd: tmpdir() });
  expect(stdout).toContain("TL101");
});

test("a Node that is too old is told so, and the exit code is 2", async () => {
  const preload = scratchFile(
    cli.folder,
    "old.cjs",
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.0" } });',
  );
  const { code, stderr } = await cli.run(["Dockerfile"], { node: ["--require", preload] });
  expect(code).toBe(2);
  expect(stderr).toBe(
    "trainlint needs Node 20.19 or later, and this is Node 18.20.0. Install a newer Node, from https://nodejs.org or your package manager.\n",
  );
});
