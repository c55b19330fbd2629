import { defineInputRule } from "../../core/input-rule.ts";

export const ignoreNotUnderstood = defineInputRule({
  id: "TL902",
  name: "ignore-not-understood",
  summary: "An ignore comment names no known rule or can't be read",
  rationale: `A comment that was meant to silence a rule silences nothing: the rule's name is misspelled, or the
comment is not of the form \`# trainlint [stage|file] ignore=RULE[,RULE] [until=YYYY-MM-DD] [-- reason]\`, or the rule
looks at something that no line of the Dockerfile stands for, such as a smoke run.`,
  refs: [],
  severity: "warning",
  precision: "very-high",
  messages: {
    unknownRule: ({ word, suggestion }: { word: string; suggestion: string | null }) => ({
      message: `This comment ignores \`${word}\`, which is no rule, so it silences nothing.`,
      help: suggestion ?? "`trainlint rules` lists all rules.",
    }),
    otherSubject: ({ rule, name }: { rule: string; name: string }) => ({
      message: `This comment ignores ${rule} (${name}), which does not look at the Dockerfile or its image, so it silences nothing.`,
      help: `Turn the rule off where it is judged: ${rule}: off under \`rules\` in .trainlint.yaml, or --rule ${rule}=off.`,
    }),
    malformed: ({ why }: { why: string }) => ({
      message: `This ignore comment does not count: ${why}.`,
      help: "Write `# trainlint ignore=TL201 until=2027-01-31 -- reason`, with `stage` or `file` before `ignore=` for more than the next instruction.",
    }),
  },
  examples: [
    {
      title: "A misspelled rule",
      dockerfile: 'FROM scratch\n# trainlint ignore=TL1001\nENTRYPOINT ["/train"]\n',
      findings: [
        {
          messageId: "unknownRule",
          message: "This comment ignores `TL1001`, which is no rule, so it silences nothing.",
          at: "2:1-2:26",
        },
      ],
    },
    {
      title: "A rule about smoke runs",
      dockerfile: 'FROM scratch\n# trainlint ignore=handles-sigterm\nENTRYPOINT ["/train"]\n',
      findings: [
        {
          messageId: "otherSubject",
          message:
            "This comment ignores TL502 (handles-sigterm), which does not look at the Dockerfile or its image, so it silences nothing.",
          at: "2:1-2:35",
        },
      ],
    },
    {
      title: "A date that is none",
      dockerfile: 'FROM scratch\n# trainlint ignore=TL101 until=tomorrow\nENTRYPOINT ["/train"]\n',
      findings: [
        {
          messageId: "malformed",
          message: "This ignore comment does not count: `tomorrow` is not a date as in 2027-01-31.",
          at: "2:1-2:40",
        },
      ],
    },
  ],
});
