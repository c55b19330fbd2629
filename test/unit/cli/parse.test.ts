import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { parseCommandLine } from "../../../src/cli/parse.ts";
import { UserError } from "../../../src/core/errors.ts";

function parsed(...argv: string[]) {
  const invocation = parseCommandLine(argv, COMMANDS);
  if (invocation.kind !== "command") throw new Error(`${argv.join(" ")} is ${invocation.kind}`);
  return invocation;
}

function refusal(...argv: string[]): { message: string; help: string | undefined } {
  try {
    parseCommandLine(argv, COMMANDS);
  } catch (error) {
    if (error instanceof UserError) return { message: error.message, help: error.help };
    throw error;
  }
  throw new Error(`${argv.join(" ")} was understood`);
}

describe("the command", () => {
  test.each([
    [["Dockerfile"], "lint"],
    [[], "lint"],
    [["-"], "lint"],
    [["lint", "Dockerfile"], "lint"],
    [["image", "x"], "image"],
    [["--quiet", "image", "x"], "image"],
    [["--format", "json", "image", "x"], "image"],
    [["./image"], "lint"],
  ])("%j is %s", (argv, name) => {
    expect(parsed(...argv).command.name).toBe(name);
  });

  test("its name is no positional, a second such word is", () => {
    expect(parsed("lint", "lint").args.positionals).toEqual(["lint"]);
    expect(parsed("a", "image").args.positionals).toEqual(["a", "image"]);
  });

  test("words behind -- are positionals, whatever they look like", () => {
    expect(parsed("lint", "--", "--odd-name", "-").args.positionals).toEqual(["--odd-name", "-"]);
  });

  test("a mistyped one is told, unless it has the look of a path", () => {
    expect(refusal("chekc")).toEqual({
      message: "There is no command and no file `chekc`.",
      help: expect.stringContaining("check"),
    });
    expect(parsed("docker/").command.name).toBe("lint");
  });

  test("help and version win over the rest", () => {
    expect(parseCommandLine(["--help"], COMMANDS)).toEqual({ kind: "help", command: null });
    expect(parseCommandLine(["help"], COMMANDS)).toEqual({ kind: "help", command: null });
    expect(parseCommandLine(["run", "-h"], COMMANDS)).toMatchObject({
      kind: "help",
      command: { name: "run" },
    });
    expect(parseCommandLine(["--version", "--nonsense"], COMMANDS)).toEqual({ kind: "version" });
  });
});

describe("options", () => {
  test("take the next word whatever it looks like, or what follows the =", () => {
    const { args } = parsed("run", "x", "--args", "-u", "--args", "--epochs", "--args=3", "--args", "a=b");
    expect(args.list("args")).toEqual(["-u", "--epochs", "3", "a=b"]);
    expect(args.positionals).toEqual(["x"]);
  });

  test("have short names", () => {
    const { args } = parsed("-q", "-f", "json", "-fsarif=out.sarif");
    expect(args.flag("quiet")).toBe(true);
    expect(args.list("format")).toEqual(["json", "sarif=out.sarif"]);
  });

  test("named as members of every object are no options", () => {
    for (const name of ["constructor", "__proto__", "toString"]) {
      expect(refusal(`--${name}`).message).toBe(`There is no option \`--${name}\` here.`);
    }
  });

  test.each([
    [["--formt", "json"], "There is no option `--formt` here.", "--format"],
    [["-x"], "There is no option `-x` here.", "--help"],
    [["image", "x", "--grace", "3"], "There is no option `--grace` here.", "--help"],
    [["--format"], "`--format` needs a value: FORMAT[=FILE].", undefined],
    [["--format", "yaml"], "`--format` can't be `yaml`.", "text"],
    [["--quiet=yes"], "`--quiet` takes no value, so `=yes` is one too many.", undefined],
    [["--config", "a", "--config", "b"], "`--config` is given 2 times; it can have one value.", undefined],
    [["image"], "`trainlint image` needs an argument: IMAGE...", "--help"],
    [["job", "a", "b"], "`trainlint job` takes FILE, so `b` is one too many.", undefined],
  ])("%j is refused", (argv, message, help) => {
    const refused = refusal(...argv);
    expect(refused.message).toBe(message);
    if (help === undefined) expect(refused.help).toBeUndefined();
    else expect(refused.help).toContain(help);
  });
});
