import { describe, expect, test } from "vitest";
import { actionRun } from "../../../src/action/inputs.ts";
import { outputLines } from "../../../src/action/outputs.ts";

/** As the runner hands inputs over: in capitals, hyphens kept. */
function argv(inputs: { readonly [name: string]: string }): readonly string[] {
  const env = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  return actionRun(Object.fromEntries(env)).argv;
}

describe("inputs become arguments", () => {
  test("paths are linted, one a line", () => {
    expect(argv({ paths: "docker\n gpu/Dockerfile \n\n", "sarif-file": "out.sarif" })).toEqual([
      "lint",
      "--format=github",
      "--format=sarif=out.sarif",
      "--",
      "docker",
      "gpu/Dockerfile",
    ]);
  });

  test("any subject makes it a check, and paths do not count", () => {
    const inputs = { paths: ".", dockerfile: "Dockerfile", image: "app", run: "true", args: "--grace=30" };
    expect(argv(inputs)).toEqual([
      "check",
      "--dockerfile=Dockerfile",
      "--image=app",
      "--run",
      "--format=github",
      "--grace=30",
    ]);
  });

  test("lists are options given many times", () => {
    const inputs = { rules: "TL101=off\nTL102=info", "build-args": "A=1\nB=2", "fail-on": "never" };
    expect(argv(inputs)).toEqual([
      "lint",
      "--format=github",
      "--fail-on=never",
      "--build-arg=A=1",
      "--build-arg=B=2",
      "--rule=TL101=off",
      "--rule=TL102=info",
      "--",
    ]);
  });

  test("a value stays one argument of its option, whatever is in it", () => {
    const evil = "$(touch x); --rule=TL101=off";
    expect(argv({ category: evil })).toContain(`--category=${evil}`);
    expect(argv({ paths: "--no-config" }).slice(-2)).toEqual(["--", "--no-config"]);
  });

  test("a flag is true or false", () => {
    expect(() => argv({ run: "yes" })).toThrow("The input `run` is true or false, not `yes`.");
  });
});

test("no value can end its own block of the output file", () => {
  const text = outputLines({ "sarif-file": "x\nexit-code<<E\n0\nE", "exit-code": "1" });
  const read = new Map<string, string>();
  // As the runner reads it: NAME<<DELIMITER, lines, DELIMITER.
  const lines = text.split("\n");
  for (let at = 0; at < lines.length - 1; at += 1) {
    const [name = "", delimiter = ""] = (lines[at] ?? "").split("<<");
    const end = lines.indexOf(delimiter, at);
    read.set(name, lines.slice(at + 1, end).join("\n"));
    at = end;
  }
  expect(Object.fromEntries(read)).toEqual({ "sarif-file": "x\nexit-code<<E\n0\nE", "exit-code": "1" });
});
