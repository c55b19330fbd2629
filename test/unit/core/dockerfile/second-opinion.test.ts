import { readFileSync } from "node:fs";
import { DockerfileParser } from "dockerfile-ast";
import { expect, it } from "vitest";
import { parseDockerfile } from "../../../../src/core/dockerfile/parse.ts";
import { rules } from "../../../../src/rules/index.ts";

const FILES = [
  ...rules.flatMap((rule) =>
    rule.examples.flatMap((example) => (example.dockerfile === undefined ? [] : [example.dockerfile])),
  ),
  ...["examples/good/Dockerfile", "examples/faulty/Dockerfile"].map((path) => readFileSync(path, "utf8")),
  "FROM a\nRUN a \\\n# comment\n\n b && \\\n  # more\n  c\nCMD x\n",
  'FROM a\nRUN <<EOF\nFROM x\nEOF\nCOPY <<-A <<"B" /x\n\ta\n\tA\nb\nB\nCMD x\n',
  "# escape=`\nFROM a\nRUN a `\n b\nCMD c:\\\nENV a=b\n",
  'FROM a\r\nRUN a \\\r\n b\r\nCMD ["a"]\r\n',
  "\uFEFFfrom a\n  RUN b\n\tONBUILD RUN c\n",
];

it("splits a file into the same instructions, at the same lines, as dockerfile-ast", () => {
  expect(FILES.length).toBeGreaterThan(30);
  for (const text of FILES) {
    const ours = parseDockerfile(text, "Dockerfile").instructions.map(
      ({ keyword, range }) => `${range.start.line}-${range.end.line} ${keyword}`,
    );
    const theirs = DockerfileParser.parse(text)
      .getInstructions()
      .map(
        (found) =>
          `${found.getRange().start.line + 1}-${found.getRange().end.line + 1} ${found.getKeyword()}`,
      );
    expect(ours, text).toEqual(theirs);
  }
});
