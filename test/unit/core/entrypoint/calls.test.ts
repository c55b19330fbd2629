import { describe, expect, test } from "vitest";
import { wholeText } from "../../../../src/core/dockerfile/shell/source.ts";
import { bufferedPython } from "../../../../src/core/entrypoint/buffered-python.ts";
import type { ProgramFile, ProgramFiles } from "../../../../src/core/entrypoint/program-files.ts";
import { pythonCall } from "../../../../src/core/entrypoint/python-call.ts";
import { shellCall } from "../../../../src/core/entrypoint/shell-call.ts";
import { unwrapped } from "../../../../src/core/entrypoint/wrappers.ts";

const words = (text: string) => text.split(" ").map((value) => ({ value, range: null }));

describe("wrappers", () => {
  test.each([
    ["python x.py", [], "python x.py"],
    ["env -i -u A B=1 C= python x.py", ["env"], "python x.py"],
    ["/usr/bin/env -S python3 x.py", ["env"], "python3 x.py"],
    ["env -Spython3 x.py", ["env"], "python3 x.py"],
    ["nohup nice -n 5 python x.py", ["nohup", "nice"], "python x.py"],
    ["tini -g -e 143 -- python -u x.py", ["tini"], "python -u x.py"],
    ["/usr/bin/dumb-init --rewrite 15:2 -c python x.py", ["dumb-init"], "python x.py"],
    ["catatonit -- gosu app:app python x.py", ["catatonit", "gosu"], "python x.py"],
    ["timeout -k 5 --signal=INT 1h python x.py", ["timeout"], "python x.py"],
    ["sudo -E python x.py", [], "sudo -E python x.py"],
    ["env", ["env"], ""],
  ])("%s", (text, names, rest) => {
    const result = unwrapped(words(text));
    expect(result.wrappers.map((wrapper) => wrapper.name)).toEqual(names);
    expect(result.words.map((word) => word.value).join(" ")).toBe(rest);
  });

  test("env -S with a text of several words, and what env sets", () => {
    const argv = ["env", "-u", "A", "-S", "B=1 python3 -u", "x.py"].map((value) => ({ value, range: null }));
    const { words: rest, variables } = unwrapped(argv);
    expect(rest.map((word) => word.value)).toEqual(["python3", "-u", "x.py"]);
    expect([...variables]).toEqual([
      ["A", null],
      ["B", "1"],
    ]);
  });
});

describe("shells", () => {
  test.each([
    ["bash", null, null, 0],
    ["bash -e x.sh a b", null, "x.sh", 2],
    ["/bin/bash -euo pipefail x.sh", null, "x.sh", 0],
    ["bash --login --rcfile f x.sh", null, "x.sh", 0],
    ["bash -lc line a", "line", null, 1],
    ["bash -c -e line", "line", null, 0],
    ["sh -c", null, null, 0],
    ["sh -- x.sh", null, "x.sh", 0],
  ])("%s", (text, line, script, args) => {
    const call = shellCall(words(text));
    expect(call?.line?.value ?? null).toBe(line);
    expect(call?.script?.value ?? null).toBe(script);
    expect(call?.args.length).toBe(args);
  });

  test("others are not read", () => {
    for (const text of ["zsh x.sh", "python x.py", "bash -s"]) expect(shellCall(words(text))).toBeNull();
  });
});

describe("Python", () => {
  test.each([
    ["python x.py a", "file x.py", false],
    ["/usr/bin/python3.11 -u x.py", "file x.py", true],
    ["python -Eu x.py", "file x.py", true],
    ["python -uBm pkg.train a", "module pkg.train", true],
    ["python -mpkg", "module pkg", false],
    ["python -W ignore -X dev x.py", "file x.py", false],
    ["python -Wignore x.py -u", "file x.py", false],
    ["python -c code -u", "command code", false],
    ["python -", "file -", false],
    ["pypy3 x.py", "file x.py", false],
  ])("%s", (text, target, unbuffered) => {
    const call = pythonCall(words(text));
    const told = call?.target.kind === "none" ? "none" : `${call?.target.kind} ${call?.target.word.value}`;
    expect([told, call?.unbuffered]).toEqual([target, unbuffered]);
  });

  test("others are not read", () => {
    for (const text of ["python-config x", "pythonw x", "ipython x"])
      expect(pythonCall(words(text))).toBeNull();
  });
});

describe("Python that holds its output back", () => {
  const placed = { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };
  const judge = (script: string, isSet = false): boolean => {
    const file: ProgramFile = {
      path: "/x.sh",
      text: wholeText(`#!/bin/bash\n${script}\n`),
      whole: true,
      mode: 0o755,
      origin: { kind: "dockerfile", placed },
    };
    const files: ProgramFiles = {
      program: (word) => (word === "/x.sh" ? file : null),
      script: () => null,
      sh: () => null,
    };
    return bufferedPython(words("/x.sh train"), files, isSet) !== null;
  };
  test.each([
    ["exec python x.py", true],
    ["python x.py; cp a b", true],
    ["python x.py | tee log", true],
    ["exec python -u x.py", false],
    ["PYTHONUNBUFFERED=1 python x.py", false],
    ["env PYTHONUNBUFFERED=1 python x.py", false],
    ["export PYTHONUNBUFFERED=1; exec python x.py", false],
    ["export PYTHONUNBUFFERED=; exec python x.py", true],
    ["source /env.sh; exec python x.py", false],
    ['if [ "$1" = serve ]; then exec python serve.py; fi; exec python -u x.py', false],
    ['case "$1" in train) exec python x.py ;; *) exec python -u y.py ;; esac', true],
    ["exec ./train", false],
    ["python -c 'import torch'; exec ./train", false],
  ])("%s", (script, expected) => {
    expect(judge(script)).toBe(expected);
  });

  test("-E takes the variable away", () => {
    expect(judge("exec python x.py", true)).toBe(false);
    expect(judge("exec python -E x.py", true)).toBe(true);
    expect(judge("exec env -u PYTHONUNBUFFERED python x.py", true)).toBe(true);
  });
});
