import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dockerfileModel } from "../../../../../src/core/dockerfile/dockerfile.ts";
import type { DockerfileModel } from "../../../../../src/core/dockerfile/model.ts";
import { parseScript } from "../../../../../src/core/dockerfile/shell/outline.ts";
import { singleCommand } from "../../../../../src/core/dockerfile/shell/single-command.ts";
import { wholeText } from "../../../../../src/core/dockerfile/shell/source.ts";
import type { Range } from "../../../../../src/core/text.ts";
import { textAt } from "./commands-in.ts";

/** Pieces of shell that meet in all ways. */
const fragment = fc.constantFrom(
  ..."a|b c|'q r'|\"d $X\"|$X|${X:-y}|${X%%.*}|`e f`|$(g h)|$((1+2))|{i,j}|{1..3}|*.py|~/k|\\|\\ l|&&|| |;|&|(|)|{ |; }|if |then |; fi|for x in |; do |; done|while |case $X in a) |;; esac|f() |<|>/m|<<EOF|EOF|\n|\\\n|# n\n|sh -c |bash -lc |eval |sudo |env A=b |cd /o|pip install p|apt-get install -y q|cp r s|[[ -f t ]]|!|\t|\r|\"|'|`|$|${|\uFEFF|é𝒳|COPY a b|RUN |ENV X=1\n"
    .split("|")
    .concat("||", "|"),
);
const shell = fc.array(fragment, { maxLength: 25 }).map((parts) => parts.join(""));
const anyText = fc.oneof(shell, fc.string({ maxLength: 60 }), fc.string({ unit: "binary", maxLength: 40 }));

function built(text: string): DockerfileModel | null {
  try {
    return dockerfileModel(text, { path: "Dockerfile" });
  } catch (error) {
    if (error instanceof Error && error.name === "UserError") return null;
    throw error;
  }
}

function expectInside(text: string, range: Range): void {
  const lines = text.split("\n");
  for (const place of [range.start, range.end]) {
    const line = lines[place.line - 1];
    expect(line, JSON.stringify({ text, range })).toBeDefined();
    expect(place.column).toBeGreaterThanOrEqual(1);
    expect(place.column, JSON.stringify({ text, range })).toBeLessThanOrEqual((line ?? "").length + 1);
  }
}

describe("any text", () => {
  test("is read without a throw, and every place lies in the file", () => {
    fc.assert(
      fc.property(anyText, (body) => {
        const text = `FROM scratch\nRUN ${body}`;
        const model = built(text);
        if (model === null) return;
        for (const problem of model.problems) expectInside(text, problem.range);
        for (const effect of model.effects) expectInside(text, effect.range);
        for (const command of model.commands) {
          expectInside(text, command.range);
          for (const word of command.argv) expectInside(text, word.range);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("has at a word's place the word as written, unless it goes across a line", () => {
    fc.assert(
      fc.property(shell, (body) => {
        const text = `FROM scratch\nRUN ${body}`;
        for (const command of built(text)?.commands ?? []) {
          for (const word of command.argv) {
            const { start, end } = word.range;
            const across = start.line !== end.line || end.column - start.column !== word.raw.length;
            // A place ends in front of a carriage return.
            if (!across && !word.raw.includes("\r")) expect(textAt(text, word.range)).toBe(word.raw);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("is read as a script and as a line", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const command of parseScript(text, "entry.sh").commands) expectInside(text, command.range);
        singleCommand(wholeText(text));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("length", () => {
  test("a RUN of 20,000 lines is read whole", () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, index) => `  X${index}=1; if a; then sh -c "b \\$X${index}"; fi && \\\n`,
    );
    const model = built(`FROM scratch\nRUN true && \\\n${lines.join("")}  end $X7`);
    expect(model?.commands).toHaveLength(60_002);
    expect(model?.commands.at(-1)?.argv[1]?.value).toBe("1");
  });

  test("nested loops and calls come to an end", () => {
    const loops = "for a in {1..60}; do ".repeat(6);
    const calls = Array.from(
      { length: 12 },
      (_, index) => `f${index}() { f${index + 1}; f${index + 1}; }; `,
    ).join("");
    const model = built(`FROM scratch\nRUN ${loops} x ${"; done".repeat(6)}\nRUN ${calls} f0`);
    expect(model?.commands.length).toBeLessThan(50_000);
  });
});
