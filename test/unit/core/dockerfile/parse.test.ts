import { describe, expect, it } from "vitest";
import { parseDockerfile } from "../../../../src/core/dockerfile/parse.ts";
import { UserError } from "../../../../src/core/errors.ts";
import { positionAt, rangeAt } from "../../../../src/core/text.ts";

const parse = (text: string) => parseDockerfile(text, "Dockerfile");
const only = (text: string) => {
  const [instruction] = parse(text).instructions;
  if (instruction === undefined) throw new Error("no instruction");
  return instruction;
};

describe("instructions", () => {
  it("joins continuation lines, and drops comments and blank lines between them", () => {
    const run = only("RUN one \\\n  # note\n\n  two \\  \nthree\n");
    expect(run.arguments.text).toBe("one   two three");
    expect(run.range).toEqual({ start: { line: 1, column: 1 }, end: { line: 5, column: 6 } });
    const two = run.arguments.text.indexOf("two");
    expect(rangeAt(run.arguments, two, two + 3)).toEqual({
      start: { line: 4, column: 3 },
      end: { line: 4, column: 6 },
    });
  });

  it("keeps an escape character that is itself escaped", () => {
    expect(parse("RUN a\\\\\nRUN b\n").instructions).toHaveLength(2);
  });

  it("reads lower case keywords, leading blanks and CRLF", () => {
    const [from, cmd] = parse("  from scratch\r\n\tCmd x \\\r\n  y\r\n").instructions;
    expect(from?.keyword).toBe("FROM");
    expect(from?.keywordRange).toEqual({ start: { line: 1, column: 3 }, end: { line: 1, column: 7 } });
    expect(cmd?.arguments.text).toBe("x   y");
    expect(positionAt(cmd?.arguments ?? { text: "", pieces: [] }, 4)).toEqual({ line: 3, column: 3 });
  });

  it("counts the byte order mark as a column and drops it", () => {
    expect(only("\uFEFFFROM scratch").keywordRange).toEqual({
      start: { line: 1, column: 2 },
      end: { line: 1, column: 6 },
    });
  });

  it("takes leading --words as flags, and only those", () => {
    const copy = only("COPY --from=a --link --chmod=755 x --y /z");
    expect(copy.flags.map(({ name, value }) => [name, value])).toEqual([
      ["from", "a"],
      ["link", null],
      ["chmod", "755"],
    ]);
    expect(copy.flags[1]?.range).toEqual({ start: { line: 1, column: 15 }, end: { line: 1, column: 21 } });
    expect(copy.arguments.text).toBe("x --y /z");
  });

  it("gives ONBUILD's trigger with its own place", () => {
    const { trigger } = only("ONBUILD COPY --chown=a b /c");
    expect(trigger?.keyword).toBe("COPY");
    expect(trigger?.flags.map((flag) => flag.name)).toEqual(["chown"]);
    expect(trigger?.keywordRange.start).toEqual({ line: 1, column: 9 });
  });
});

describe("directives and comments", () => {
  it("obeys escape in front of everything else, and nowhere else", () => {
    expect(parse("# syntax=docker/dockerfile:1\n# escape=`\nFROM a").escapeChar).toBe("`");
    expect(parse("# hello\n# escape=`\nFROM a").escapeChar).toBe("\\");
    expect(parse("\n# escape=`\nFROM a").escapeChar).toBe("\\");
  });

  it("refuses another escape character as the builder does", () => {
    expect(() => parse("# escape=x\nFROM a")).toThrow(UserError);
  });

  it("collects comments, also those inside a continuation", () => {
    const { comments } = parse("# first\nRUN a \\\n  # second\n  b # not one\n");
    expect(comments.map(({ text }) => text)).toEqual(["first", "second"]);
    expect(comments[1]?.range).toEqual({ start: { line: 3, column: 3 }, end: { line: 3, column: 11 } });
  });
});

describe("here-documents", () => {
  it("reads several of one line in order", () => {
    const text = 'COPY <<a <<"b" /d/\none $X\na\ntwo $X\nb\nCMD x\n';
    const { instructions } = parse(text);
    expect(instructions.map(({ keyword }) => keyword)).toEqual(["COPY", "CMD"]);
    expect(
      instructions[0]?.heredocs.map(({ name, expand, content }) => [name, expand, content.text]),
    ).toEqual([
      ["a", true, "one $X\n"],
      ["b", false, "two $X\n"],
    ]);
    expect(instructions[0]?.range.end).toEqual({ line: 5, column: 2 });
  });

  it("strips tabs after <<-, and still knows the column", () => {
    const [heredoc] = only("RUN <<-EOF\n\t\techo\n\tEOF\n").heredocs;
    expect(heredoc?.content.text).toBe("echo\n");
    expect(heredoc === undefined ? null : positionAt(heredoc.content, 0)).toEqual({ line: 2, column: 3 });
  });

  it("may have blanks between the arrows and the name, not behind the dash", () => {
    const { instructions } = parse("RUN cat << EOF > x\na\nEOF\nUSER u\n");
    expect(instructions.map(({ keyword }) => keyword)).toEqual(["RUN", "USER"]);
    expect(instructions[0]?.heredocs[0]?.range).toEqual({
      start: { line: 1, column: 9 },
      end: { line: 1, column: 15 },
    });
    expect(only("RUN cat <<- EOF").heredocs).toEqual([]);
  });

  it("is none in quotes, in an array, or in other instructions", () => {
    expect(only('RUN echo "<<EOF"').heredocs).toEqual([]);
    expect(only('RUN ["sh", "<<EOF"]').heredocs).toEqual([]);
    expect(only("CMD cat <<EOF").heredocs).toEqual([]);
  });

  it("keeps CRLF in a file that COPY makes", () => {
    expect(only("COPY <<EOF /x\r\na\r\nEOF\r\n").heredocs[0]?.content.text).toBe("a\r\n");
    expect(only("RUN <<EOF\r\na\r\nEOF\r\n").heredocs[0]?.content.text).toBe("a\n");
  });
});
