import { describe, expect, test } from "vitest";
import { type LineShape, singleCommand } from "../../../../../src/core/dockerfile/shell/single-command.ts";
import { wholeText } from "../../../../../src/core/dockerfile/shell/source.ts";

const shape = (line: string): LineShape => singleCommand(wholeText(line));

function argvOf(found: LineShape): readonly string[] | null {
  return found.kind === "more" ? null : (found.words?.map(({ value }) => value) ?? null);
}

describe("one simple command", () => {
  test.each([
    ["python /opt/program/train.py", ["python", "/opt/program/train.py"]],
    ["python -u 'a b.py' \"c d\" e\\ f", ["python", "-u", "a b.py", "c d", "e f"]],
    ["python train.py --lr=0.1 A=b", ["python", "train.py", "--lr=0.1", "A=b"]],
    ["['python', 'train.py']", ["[python,", "train.py]"]],
  ] as const)("%s", (line, argv) => {
    const found = shape(line);
    expect(argvOf(found)).toEqual(argv);
    expect(found.kind).toBe("single");
  });
});

describe("exec", () => {
  test("with plain words", () => {
    expect(shape("exec python train.py")).toEqual({
      kind: "exec",
      words: [
        { value: "python", start: 5, end: 11 },
        { value: "train.py", start: 12, end: 20 },
      ],
    });
  });

  test("with words that the shell changes", () => {
    expect(shape('exec python train.py "$@"')).toEqual({ kind: "exec", words: null });
  });
});

describe("more than one command", () => {
  test.each([
    ["a && b", "it is more than one command"],
    ["a; b", "it is more than one command"],
    ["a | b", "it is more than one command"],
    ["a &", "it starts a command in the background"],
    ["exec a && b", "it is more than one command"],
    ["python $MAIN", "it uses a variable"],
    ['python "${MAIN}"', "it uses a variable"],
    ["python *.py", "it uses a file name pattern"],
    ["python {a,b}.py", "it uses braces"],
    ["python ~/a.py", "it uses a home folder (~)"],
    ["python --dir=~/a", "it uses a home folder (~)"],
    ["python $'a'", "it uses quotes that not every shell knows"],
    ["python `a`", "it uses the output of a command"],
    ["python a.py > log", "it redirects input or output"],
    ["A=b python a.py", "it sets a variable first"],
    ["cd /opt", "cd is a command of the shell itself"],
    ["if a; then b; fi", "it is not a simple command"],
    ["(a)", "it is not a simple command"],
    ["python 'a", "it is not valid shell"],
    ["", "it is empty"],
  ])("%s", (line, why) => {
    expect(shape(line)).toEqual({ kind: "more", why });
  });
});
