import { describe, expect, test } from "vitest";
import { commandsOf, modelOf, textAt, wordOf } from "./commands-in.ts";

describe("commands in the order in which the shell reaches them", () => {
  const cases: readonly (readonly [title: string, dockerfile: string, commands: readonly string[]])[] = [
    ["lists and pipelines", "RUN a && b; c | d &", ["a", "b", "c", "d"]],
    ["what follows || may not run", "RUN a || b", ["a", "b (c)"]],
    ["what follows ( a || b ) && runs", "RUN a || b && c", ["a", "b (c)", "c"]],
    ["what follows a test may not run", 'RUN [ -n "$X" ] && a && b; c', ["[ -n  ]", "a (c)", "b (c)", "c"]],
    ["if", "RUN if a; then b; elif c; then d; else e; fi", ["a", "b (c)", "c (c)", "d (c)", "e (c)"]],
    ["case", "RUN case $X in a) b;; *) c;; esac", ["b (c)", "c (c)"]],
    ["a loop over words", "RUN for x in a b; do echo $x; done", ["echo a", "echo b"]],
    ["a loop over an unknown list", "RUN for x in $(ls); do rm $x; done", ["ls", "rm ? (c)"]],
    ["a loop over a pattern", "RUN for x in *.sh; do chmod +x $x; done", ["chmod +x ? (c)"]],
    ["while", "RUN while a; do b; done", ["a", "b (c)"]],
    ["a function that is called", "RUN f() { a $1; }; f x && f y", ["f x", "a x", "f y", "a y"]],
    ["a function that is not called", "RUN f() { a; }; b", ["b"]],
    ["a function that calls itself", "RUN f() { a; f; }; f", ["f", "a", "f"]],
    ["substitutions run first", "RUN a $(b `c`)", ["c", "b ?", "a ?"]],
    ["a substitution in a variable", "RUN X=$(curl u); wget $X", ["curl u", "wget ?"]],
    ["escaped backticks", "RUN a `b \\`c\\``", ["c", "b ?", "a ?"]],
    ["words in echo are no command", "RUN echo 'apt-get install x'", ["echo apt-get install x"]],
    ["a comment is no command", "RUN a \\\n  # apt-get install x\n  && b", ["a", "b"]],
    ["sh -c", "RUN sh -c 'a && b'", ["sh -c a && b", "a", "b"]],
    ["bash -lc with escapes", 'RUN bash -lc "a \\"b c\\" && d"', ['bash -lc a "b c" && d', "a b c", "d"]],
    ["bash with options", "RUN bash -eo pipefail -c 'a'", ["bash -eo pipefail -c a", "a"]],
    ["sudo and env", "RUN sudo -E env A=b bash -c 'a'", ["sudo -E env A=b bash -c a", "a"]],
    ["eval", "RUN eval 'a b' c", ["eval a b c", "a b c"]],
    ["su", "RUN su - user -c 'a'", ["su - user -c a", "a"]],
    [
      "find -exec",
      "RUN find /x -name y -exec rm -rf {} +",
      ["find /x -name y -exec rm -rf {} +", "rm -rf ? (c)"],
    ],
    ["a here-document is the script", "RUN <<EOF\na\nb\nEOF", ["a", "b"]],
    ["a here-document for bash", "RUN bash <<EOF\na\nEOF", ["bash", "a"]],
    ["a here-document for cat", "RUN cat <<EOF > /x\napt-get install y\nEOF", ["cat"]],
    ["a here-document for python", "RUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF", []],
    ["a here-document with a shell's shebang", "RUN <<EOF\n#!/bin/bash -e\na\nEOF", ["a"]],
    ["two here-documents", "RUN cat <<A > /a && cat <<B > /b\n1\nA\n2\nB", ["cat", "cat"]],
    ["exec form", 'RUN ["apt-get", "install", "x y"]', ["apt-get install x y"]],
    ["exec form of a shell", 'RUN ["/bin/bash", "-c", "a \\"b\\" && c"]', ["a b", "c"]],
    ["PowerShell is not read", 'SHELL ["powershell", "-Command"]\nRUN Get-Item | % { $_ }', []],
    ["SHELL with conda", 'SHELL ["conda", "run", "-n", "x", "/bin/bash", "-c"]\nRUN a && b', ["a", "b"]],
    ["time and negation", "RUN time a; ! b && c", ["a", "b", "c (c)"]],
  ];
  test.each(cases)("%s", (_, dockerfile, commands) => {
    const model = modelOf(dockerfile);
    expect(commandsOf(dockerfile)).toEqual(commands);
    expect(model.problems).toEqual([]);
  });
});

describe("words", () => {
  const cases: readonly (readonly [title: string, dockerfile: string, last: string])[] = [
    ["a variable of the line", "RUN X=1; a $X", "a 1"],
    ["an assignment for one command only", "RUN X=1 b; a '<'$X'>'", "a <>"],
    ["export", "RUN export X=1 && a $X", "a 1"],
    ["ENV and ARG", "ENV X=1\nARG Y=2\nRUN a $X$Y", "a 12"],
    ["an unset variable is empty", "RUN a $NO b", "a b"],
    ["an unset variable in quotes is an empty word", 'RUN a "$NO" b', "a  b"],
    ["an ARG of an unknown base", "FROM some/image\nRUN a $X", "a ?"],
    ["splitting", "ENV X='1  2'\nRUN a $X", "a 1 2"],
    ["default", "RUN a ${X:-d} ${Y-e}", "a d e"],
    ["default of a variable that is set", "ENV X=1\nRUN a ${X:-d} ${X:+f}", "a 1 f"],
    ["patterns cut off", "ENV X=a.b.c\nRUN a ${X#*.} ${X##*.} ${X%.*} ${X%%.*}", "a b.c c a.b a"],
    ["replacing", "ENV X=a.b.c\nRUN a ${X//./-} ${X/./-}", "a a-b-c a-b.c"],
    ["slices, length, case", "ENV X=Hello\nRUN a ${X:1:3} ${#X} ${X^^}", "a ell 5 HELLO"],
    ["braces", "RUN a /x/{b,c{d,e}}/f", "a /x/b/f /x/cd/f /x/ce/f"],
    ["braces with variables", "ENV X=1\nRUN a {$X,2}", "a 1 2"],
    ["sequences", "RUN a {1..3} {a..c}", "a 1 2 3 a b c"],
    ["quotes keep braces", "RUN a '{b,c}'", "a {b,c}"],
    ["root's home", "RUN a ~/x $HOME/y", "a /root/x /root/y"],
    ["another user's home is not known", "USER me\nRUN a ~/x $HOME/y", "a ~/x /y"],
    ["branches agree", "RUN if b; then X=1; else X=1; fi; a $X", "a 1"],
    ["branches differ", "RUN if b; then X=1; else X=2; fi; a $X", "a ?"],
    ["a branch may not run", "RUN X=0; [ -f y ] && X=1; a $X", "a ?"],
    ["a subshell's variables end with it", "RUN (X=1; b); a '<'$X'>'", "a <>"],
    ["a file that is sourced may set anything", "RUN . /etc/os-release; a $VERSION_ID", "a ?"],
    ["arithmetic is not told", "RUN a $((1 + 2))", "a ?"],
    ["append", "RUN X=1; X+=2; a $X", "a 12"],
    ["PWD", "WORKDIR /w\nRUN cd x && a $PWD", "a /w/x"],
  ];
  test.each(cases)("%s", (_, dockerfile, last) => {
    expect(commandsOf(dockerfile).at(-1)).toBe(last);
  });
});

describe("the working folder", () => {
  const cases: readonly (readonly [title: string, dockerfile: string, folder: string | null])[] = [
    ["WORKDIR", "WORKDIR /w\nRUN a", "/w"],
    ["cd", "WORKDIR /w\nRUN cd x/../y && a", "/w/y"],
    ["cd -", "RUN cd /x && cd /y && cd - && a", "/x"],
    ["cd alone", "RUN cd && a", "/root"],
    ["cd in a subshell", "RUN (cd /x && b); a", "/"],
    ["cd in a pipeline", "RUN cd /x | b; a", "/"],
    ["cd where it may not happen", "RUN if b; then cd /x; fi; a", null],
    ["cd with a way out", "RUN cd /x || exit 1; a", "/x"],
    ["cd to what is not known", "RUN cd $(mktemp -d) && a", null],
    ["absolute after unknown", "RUN cd $(mktemp -d) && cd /x && a", "/x"],
    ["pushd and popd", "RUN pushd /x && b && popd && a", "/"],
    ["each RUN begins anew", "RUN cd /x\nRUN a", "/"],
    ["a shell of its own", "RUN sh -c 'cd /x'; a", "/"],
    ["eval", "RUN eval 'cd /x'; a", "/x"],
  ];
  test.each(cases)("%s", (_, dockerfile, folder) => {
    const command = modelOf(dockerfile).commands.findLast((item) => item.argv[0]?.value === "a");
    expect(command?.workingDir.known === true ? command.workingDir.value : null).toBe(folder);
  });
});

describe("places", () => {
  test("through continuations and comments", () => {
    const text =
      "FROM scratch\nRUN apt-get update && \\\n# comment\n\n    apt-get install -y \\\n      cuda-drivers\n";
    const { range } = wordOf(modelOf(text), "cuda-drivers");
    expect(range).toEqual({ start: { line: 6, column: 7 }, end: { line: 6, column: 19 } });
  });

  test("in a here-document, tabs stripped", () => {
    const text = "FROM scratch\nRUN <<-EOF\n\t\tapt install x\n\tEOF\n";
    const { range } = wordOf(modelOf(text), "x");
    expect(range).toEqual({ start: { line: 3, column: 15 }, end: { line: 3, column: 16 } });
  });

  test("in a here-document behind the line's command", () => {
    const text = "FROM scratch\nRUN bash -e <<'EOF'\napt install x\nEOF\n";
    expect(wordOf(modelOf(text), "x").range.start).toEqual({ line: 3, column: 13 });
  });

  test("in quoted scripts and exec form", () => {
    for (const line of [
      `RUN bash -c "echo \\"a\\" && apt install target"`,
      `RUN bash -c 'echo a && apt install target'`,
      `RUN ["bash", "-c", "echo \\"a\\" && apt install target"]`,
      "RUN x `echo \\`apt install target\\``",
      `RUN sudo -u me bash -lc "\\\n  apt install target"`,
    ]) {
      const text = `FROM scratch\n${line}\n`;
      expect(textAt(text, wordOf(modelOf(text), "target").range)).toBe("target");
    }
  });

  test("with CRLF line endings", () => {
    const text = "FROM scratch\r\nRUN a && \\\r\n  b target\r\n";
    expect(textAt(text, wordOf(modelOf(text), "target").range)).toBe("target");
  });
});

describe("shell that can't be read", () => {
  test("is one problem and keeps the rest of the file", () => {
    const model = modelOf("RUN if a; then b\nRUN c\n");
    expect(model.problems).toHaveLength(1);
    expect(model.problems[0]?.range.start.line).toBe(2);
    expect(model.commands.map((command) => command.argv[0]?.value)).toContain("c");
  });
});
