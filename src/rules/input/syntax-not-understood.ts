import { inText } from "../../core/finding.ts";
import { defineRule } from "../../core/rule.ts";

/** TL907: what could not be understood costs one finding, never the rest of the file. */
export const syntaxNotUnderstood = defineRule({
  id: "TL907",
  name: "syntax-not-understood",
  summary: "A part of a Dockerfile could not be understood; the rest was judged",
  rationale: `An instruction that no builder knows, a FROM with a word too many, a here-document without its end, or
shell that does not parse: that part was not judged, so a fault in it would be missed. Everything else was. Mostly the
builder refuses the file too; with a frontend of its own (\`# syntax=\`) it may know more than trainlint does.`,
  refs: [{ title: "Dockerfile reference", url: "https://docs.docker.com/reference/dockerfile/" }],
  severity: "info",
  precision: "very-high",
  options: {},
  needs: { depth: "config" },
  messages: {
    notUnderstood: ({ what, others }: { what: string; others: number }) => ({
      message: `This part could not be understood: ${what}.${others === 0 ? "" : ` There ${others === 1 ? "is 1 other such part" : `are ${others} other such parts`} in this file.`}`,
      help: "Check this line with the builder, or turn this rule off where its syntax is one of your own.",
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      const [first, ...others] = dockerfile.problems;
      if (first === undefined) return;
      yield {
        ...messages.notUnderstood({ what: first.message, others: others.length }),
        at: inText(dockerfile.path, first.range),
        evidence: { problems: dockerfile.problems.map(({ message }) => message) },
      };
    },
  },
  examples: [
    {
      title: "A file that is understood",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "/app/train.py"]\n',
    },
    {
      title: "An array over two lines without a backslash",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python"]\nCMD ["a",\n  "b"]\n',
      findings: [
        {
          messageId: "notUnderstood",
          severity: "info",
          message:
            'This part could not be understood: the builder knows no instruction ""B"]" (a line that continues another one needs a backslash there).',
          at: "4:3-4:7",
        },
      ],
    },
  ],
});
