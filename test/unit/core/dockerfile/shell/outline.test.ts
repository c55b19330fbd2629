import { describe, expect, test } from "vitest";
import { parseScript, type ScriptOutline } from "../../../../../src/core/dockerfile/shell/outline.ts";

function outline(...lines: readonly string[]): ScriptOutline {
  return parseScript(`${lines.join("\n")}\n`, "entry.sh");
}

function endings(...lines: readonly string[]): string[] {
  return outline(...lines).endings.map((command) =>
    command.argv.map((word) => word.value ?? word.raw).join(" "),
  );
}

describe("what a script ends with", () => {
  test("its last command", () => {
    expect(endings("#!/bin/sh", "set -e", "python train.py")).toEqual(["python train.py"]);
    expect(endings("a", 'exec "$@"')).toEqual(['exec "$@"']);
  });

  test("the command in front of exit, wait and echo", () => {
    expect(endings("python train.py", "exit $?")).toEqual(["python train.py"]);
    expect(endings("python train.py &", "wait $!", "echo done")).toEqual(["python train.py"]);
  });

  test("every branch", () => {
    expect(endings('if [ "$1" = train ]; then', "exec a", "else", "b", "fi")).toEqual(["exec a", "b"]);
    expect(endings('case "$1" in', "train) a ;;", "*) b; c ;;", "esac")).toEqual(["a", "c"]);
    expect(endings("a && b")).toEqual(["b"]);
    expect(endings("a || b")).toEqual(["a", "b"]);
  });

  test("a function's last command", () => {
    expect(endings("main() {", "  a", "  exec b", "}", 'main "$@"')).toEqual(["exec b"]);
  });

  test("nothing where it is a loop", () => {
    expect(endings("while true; do", "a", "done")).toEqual([]);
  });
});

describe("signals and processes", () => {
  test("traps, background, wait and kill", () => {
    const script = outline(
      "#!/bin/bash",
      "stop() {",
      '  kill -TERM "$child"',
      "}",
      "trap stop SIGTERM 2",
      "trap - EXIT",
      "python train.py &",
      "child=$!",
      'wait "$child"',
    );
    expect(script.traps.map(({ signals, action }) => [signals, action])).toEqual([
      [["TERM", "INT"], "stop"],
      [["EXIT"], "-"],
    ]);
    expect(script.background.map((command) => command.argv[1]?.value)).toEqual(["train.py"]);
    expect(script.waits).toHaveLength(1);
    expect(script.waits[0]?.range).toEqual({ start: { line: 9, column: 1 }, end: { line: 9, column: 14 } });
  });

  test("exec is told from its redirecting form", () => {
    expect(outline("exec > log", "exec a").commands.map((command) => command.exec)).toEqual([false, true]);
  });

  test("a broken script is a problem, and the rest is read", () => {
    const script = outline("a", "if b; then", "c");
    expect(script.problems).toHaveLength(1);
    expect(script.commands.map((command) => command.argv[0]?.value)).toEqual(["a", "b", "c"]);
  });
});

describe("how a script begins", () => {
  test("interpreter and argument", () => {
    expect(outline("#!/bin/bash -e", "a").head).toEqual({
      shebang: {
        interpreter: "/bin/bash",
        argument: "-e",
        program: "/bin/bash",
        range: { start: { line: 1, column: 1 }, end: { line: 1, column: 15 } },
      },
      byteOrderMark: false,
      blankBefore: false,
      carriageReturn: false,
      carriageReturns: 0,
    });
  });

  test("env", () => {
    expect(outline("#!/usr/bin/env python3").head.shebang).toMatchObject({ program: "python3" });
    expect(outline("#! /usr/bin/env -S A=b bash -e").head.shebang).toMatchObject({ program: "bash" });
  });

  test("no shebang", () => {
    expect(outline("a").head.shebang).toBeNull();
    expect(outline("# a", "#!/bin/sh").head.shebang).toBeNull();
  });

  test("carriage returns, which are passed over for the rest", () => {
    const script = parseScript("#!/bin/bash\r\nif a; then\r\n  exec b c\r\nfi\r\n", "entry.sh");
    expect(script.head).toMatchObject({ carriageReturn: true, carriageReturns: 4 });
    expect(script.head.shebang).toMatchObject({ interpreter: "/bin/bash", argument: null });
    expect(script.problems).toEqual([]);
    expect(script.endings[0]?.range).toEqual({ start: { line: 3, column: 3 }, end: { line: 3, column: 11 } });
  });

  test("a byte order mark, and blanks in front", () => {
    expect(parseScript("\uFEFF#!/bin/sh\na\n", "x").head).toMatchObject({
      byteOrderMark: true,
      shebang: { interpreter: "/bin/sh", range: { start: { line: 1, column: 2 } } },
    });
    expect(parseScript("\n  #!/bin/sh\na\n", "x").head).toMatchObject({
      blankBefore: true,
      shebang: { interpreter: "/bin/sh", range: { start: { line: 2, column: 3 } } },
    });
  });

  test("an expansion without its end, which ends with the text", () => {
    const [command] = parseScript("${ \\", "x").commands;
    expect(command?.argv[0]?.range.end).toEqual({ line: 1, column: 5 });
  });
});
