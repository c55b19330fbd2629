import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import configSchema from "../../schema/config.schema.json" with { type: "json" };
import { useCli } from "./support/bundle.ts";

const cli = useCli();

const BAD = "FROM scratch\nENTRYPOINT python -u train.py\n";

beforeAll(async () => {
  await cli.write("a/b/Dockerfile", BAD);
  await cli.write("c/Dockerfile", BAD);
}, 60_000);

describe("configuration files", () => {
  test("the nearest one upwards counts, for each file its own", async () => {
    await cli.write("a/.trainlint.yaml", "rules:\n  exec-form-entrypoint: warning\n");
    const { code, stdout } = await cli.run(["a/b/Dockerfile", "c/Dockerfile"]);
    expect(code).toBe(1);
    expect(stdout).toContain("a/b/Dockerfile:2:1 warning:");
    expect(stdout).toContain("c/Dockerfile:2:1 error:");
    expect((await cli.run(["a/b/Dockerfile"])).code).toBe(0);
    expect((await cli.run(["a/b/Dockerfile", "--no-config"])).code).toBe(1);
    expect((await cli.run(["a/b/Dockerfile", "--rule", "TL101=error"])).code).toBe(1);
  });

  test.each([".trainlint.yml", ".trainlint.json"])("%s", async (name) => {
    const folder = `named${name}`;
    await cli.write(`${folder}/Dockerfile`, BAD);
    await cli.write(`${folder}/${name}`, '{"rules": {"TL101": "off"}}');
    expect((await cli.run([`${folder}/Dockerfile`])).code).toBe(0);
  });

  test("a broken one ends the run with its place, and never counts as an empty one", async () => {
    await cli.write("broken/Dockerfile", BAD);
    await cli.write("broken/Dockerfile.gpu", BAD);
    await cli.write("broken/.trainlint.yaml", "rules:\n  TL1O1: off\n");
    const { code, stdout } = await cli.run(["broken"]);
    expect(code).toBe(2);
    expect(stdout.match(/Unknown key/g)).toHaveLength(1);
    expect(stdout).toContain("broken/.trainlint.yaml:2:3 cannot read: Unknown key `TL1O1` in `rules`.");
    expect(stdout).toContain("Did you mean `TL101`?");
    expect(stdout).not.toContain("[TL101");
  });

  test("--config names one, and one that is missing is an error", async () => {
    await cli.write("other.yaml", "rules: {TL101: info}\n");
    expect((await cli.run(["c/Dockerfile", "--config", "other.yaml"])).code).toBe(0);
    expect((await cli.run(["c/Dockerfile", "--config", "none.yaml"])).code).toBe(2);
  });

  test("named as a file to lint is an error that says what it is", async () => {
    await cli.write("own/.trainlint.yml", "rules: {}\n");
    const { code, stdout } = await cli.run(["own/.trainlint.yml"]);
    expect(code).toBe(2);
    expect(stdout).toContain("This is trainlint's configuration, not a Dockerfile.");
  });

  test("the one for standard input is that of its name", async () => {
    const printed = await cli.run(["--print-config", "--stdin-filename", "a/b/Dockerfile", "-"]);
    expect(JSON.parse(printed.stdout)["config-file"]).toBe("a/.trainlint.yaml");
  });

  test("fail-on and exclude", async () => {
    await cli.write("ex/.trainlint.yaml", "exclude: [old/]\nrules: {TL101: info}\nfail-on: info\n");
    await cli.write("ex/old/Dockerfile", BAD);
    await cli.write("ex/new/Dockerfile", BAD);
    const { code, stdout } = await cli.run(["ex/old/Dockerfile", "ex/new/Dockerfile"]);
    expect(code).toBe(1);
    expect(stdout).not.toContain("ex/old");
    expect((await cli.run(["ex/old/Dockerfile"])).code).toBe(0);
  });

  test("an override is for some files only", async () => {
    await cli.write(
      "over/.trainlint.yaml",
      "overrides:\n- files: [Dockerfile.serve]\n  role: processing\n- files: [old/]\n  rules: {TL101: info}\n",
    );
    for (const name of ["Dockerfile", "Dockerfile.serve", "old/Dockerfile"])
      await cli.write(`over/${name}`, BAD);
    const { code, stdout } = await cli.run(["over", "--format", "json"]);
    expect(code).toBe(1);
    const { findings, subjects } = JSON.parse(stdout);
    expect(subjects).toHaveLength(3);
    expect(
      findings.map((finding: { severity: string; location: { path: string } }) => [
        finding.location.path,
        finding.severity,
      ]),
    ).toEqual([
      ["over/Dockerfile", "error"],
      ["over/old/Dockerfile", "info"],
    ]);
    const printed = await cli.run(["--print-config", "over/Dockerfile.serve"]);
    expect(JSON.parse(printed.stdout)).toMatchObject({ role: "processing" });
    expect(JSON.parse(printed.stdout)).not.toHaveProperty("overrides");
  });

  test("the role decides which rules look; the command line wins over the file", async () => {
    await cli.write(
      "role/Dockerfile",
      'FROM scratch\nCOPY weights /opt/ml/model/weights\nENTRYPOINT ["/run"]\n',
    );
    expect((await cli.run(["role/Dockerfile"])).code).toBe(1);
    await cli.write("role/.trainlint.yaml", "role: serving\n");
    const serving = await cli.run(["role/Dockerfile"]);
    expect(serving.code).toBe(0);
    expect(serving.stdout).toContain("says that this is made for serving, not for training");
    expect((await cli.run(["role/Dockerfile", "--role", "training"])).code).toBe(1);
    expect((await cli.run(["role/Dockerfile", "--role", "hosting"])).code).toBe(2);
  });

  test("one extends another, and never itself", async () => {
    await cli.write("ext/.trainlint.yaml", "rules: {TL101: warning}\nfail-on: warning\n");
    await cli.write("ext/sub/.trainlint.yml", "extends: ../.trainlint.yaml\nrules: {TL502: off}\n");
    await cli.write("ext/sub/Dockerfile", BAD);
    expect((await cli.run(["ext/sub/Dockerfile"])).stdout).toContain("ext/sub/Dockerfile:2:1 warning:");
    await cli.write("ext/.trainlint.yaml", "extends: sub/.trainlint.yml\n");
    const circle = await cli.run(["ext/sub/Dockerfile"]);
    expect(circle.code).toBe(2);
    expect(circle.stdout).toContain("ext/sub/.trainlint.yml → ext/.trainlint.yaml → ext/sub/.trainlint.yml");
    await cli.write("ext/.trainlint.yaml", "extends: none.yaml\n");
    const missing = await cli.run(["ext/sub/Dockerfile"]);
    expect(missing.code).toBe(2);
    expect(missing.stdout).toContain("There is no file none.yaml, which this configuration extends.");
  });

  test("--print-config shows what is in force, and the schema agrees", async () => {
    const { code, stdout } = await cli.run(["--print-config", "a/b/Dockerfile", "--rule", "TL502=off"]);
    expect(code).toBe(0);
    const { "config-file": file, ...config } = JSON.parse(stdout);
    expect(file).toBe("a/.trainlint.yaml");
    expect(config.rules).toEqual({ TL101: "warning", TL502: "off" });
    const validate = new Ajv2020({ strict: false }).compile(configSchema);
    expect(validate(config), JSON.stringify(validate.errors)).toBe(true);
    expect(validate(parse("rules: {TL1O1: off}"))).toBe(false);
  });
});

describe("ignore comments", () => {
  const IGNORED =
    "FROM scratch\n# trainlint ignore=TL101 -- the wrapper execs\nENTRYPOINT python -u train.py\n";

  test("take a finding out and keep it in the JSON, with the reason", async () => {
    await cli.write("ignored/Dockerfile", IGNORED);
    expect((await cli.run(["ignored/Dockerfile"])).code).toBe(0);
    const { stdout } = await cli.run(["ignored/Dockerfile", "--format", "json"]);
    expect(JSON.parse(stdout).suppressed).toMatchObject([
      { by: "inline", reason: "the wrapper execs", finding: { ruleId: "TL101" } },
    ]);
  });

  test("do not count with --no-inline-config", async () => {
    expect((await cli.run(["ignored/Dockerfile", "--no-inline-config"])).code).toBe(1);
  });

  test("must say why with --require-reason", async () => {
    await cli.write("silent/Dockerfile", IGNORED.replace(" -- the wrapper execs", ""));
    expect((await cli.run(["silent/Dockerfile"])).code).toBe(0);
    const { code, stdout } = await cli.run(["silent/Dockerfile", "--require-reason"]);
    expect(code).toBe(1);
    expect(stdout).toContain("[TL905 ignore-without-reason]");
    expect(stdout).toContain("[TL101 exec-form-entrypoint]");
  });
});

describe("baseline", () => {
  test("accepts what is there now, reports what is new, and what is gone", async () => {
    await cli.write("base/Dockerfile", BAD);
    const written = await cli.run(["base/Dockerfile", "--write-baseline", "base.json"]);
    expect(written.code).toBe(0);
    expect(written.stdout).toContain("1 suppressed");
    expect(JSON.parse(await readFile(join(cli.work, "base.json"), "utf8")).findings).toHaveLength(1);

    expect((await cli.run(["base/Dockerfile", "--baseline", "base.json"])).code).toBe(0);
    await cli.write("base/Dockerfile", `# moved\n${BAD}VOLUME /opt/ml/input\n`);
    const changed = await cli.run(["base/Dockerfile", "--baseline", "base.json"]);
    expect(changed.stdout).not.toContain("[TL101");
    expect(changed.stdout).toContain("[TL201 no-data-in-opt-ml]");

    await cli.write("base/Dockerfile", 'FROM scratch\nCOPY p /p\nENTRYPOINT ["/p"]\n');
    const fixed = await cli.run(["base/Dockerfile", "--baseline", "base.json"]);
    expect(fixed.stdout).toMatch(/base\.json:\d+:\d+ warning: .*\[TL906 stale-baseline\]/);
  });

  test("counts from every folder, also without --baseline, and is pruned", async () => {
    await cli.write("proj/.trainlint.yaml", "baseline: known.json\n");
    await cli.write("proj/a/Dockerfile", BAD);
    await cli.write("proj/b/Dockerfile", BAD);
    const inside = { folder: "proj" };
    await cli.run(["--write-baseline", "known.json"], inside);
    const known = async () => JSON.parse(await readFile(join(cli.work, "proj/known.json"), "utf8")).findings;
    expect((await known()).map(({ path }: { path: string }) => path)).toEqual([
      "a/Dockerfile",
      "b/Dockerfile",
    ]);
    expect((await cli.run([], { folder: "proj/a" })).stdout).toContain(
      "No findings in 1 Dockerfile (1 suppressed)",
    );
    const absolute = await cli.run([join(cli.work, "proj/b/Dockerfile")], { folder: "proj/a" });
    expect(absolute.stdout).toContain("No findings in 1 Dockerfile (1 suppressed)");

    // Accepting one folder's findings anew does not forget the other's.
    await cli.run(["a", "--write-baseline", "known.json"], inside);
    expect(await known()).toHaveLength(2);

    await rm(join(cli.work, "proj/b"), { recursive: true });
    expect((await cli.run(["a"], inside)).stdout).toContain("[TL906 stale-baseline]");
    expect((await cli.run(["a", "--rule", "TL101=off"], inside)).stdout).not.toContain("TL906");
    expect((await cli.run(["a", "--prune-baseline"], inside)).code).toBe(0);
    expect(await known()).toHaveLength(1);
    expect((await cli.run(["a"], inside)).stdout).not.toContain("TL906");
    expect((await cli.run(["--no-config", "a", "--prune-baseline"], inside)).code).toBe(2);
  });

  test("is not written when not everything could be judged", async () => {
    const { code, stdout } = await cli.run(["base/Dockerfile", "nowhere", "--write-baseline", "half.json"]);
    expect(code).toBe(3);
    expect(stdout).toContain("The baseline was not written");
    await expect(readFile(join(cli.work, "half.json"))).rejects.toThrow();
  });

  test("can be named in the configuration, relative to it", async () => {
    await cli.write("conf/Dockerfile", BAD);
    await cli.run(["conf/Dockerfile", "--write-baseline", "conf/known.json"]);
    await cli.write("conf/.trainlint.yaml", "baseline: known.json\n");
    expect((await cli.run(["conf/Dockerfile"])).code).toBe(0);
  });
});
