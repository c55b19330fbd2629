import { defineInputRule } from "../../core/input-rule.ts";

export const unusedIgnore = defineInputRule({
  id: "TL903",
  name: "unused-ignore",
  summary: "An ignore comment silences nothing any more",
  rationale: `The rule that the comment names finds nothing in what the comment covers: the fault was fixed, or the
comment stands in the wrong place. Left there, it would hide the next real finding.`,
  refs: [],
  severity: "warning",
  precision: "very-high",
  messages: {
    unused: ({ rule }: { rule: string }) => ({
      message: `This comment ignores ${rule}, which finds nothing here.`,
      help: "Remove the comment, or move it to the line above the instruction that it is about.",
    }),
  },
  examples: [
    {
      title: "Nothing to ignore",
      dockerfile: 'FROM scratch\n# trainlint ignore=TL101 -- kept for the old base\nENTRYPOINT ["/train"]\n',
      findings: [
        {
          messageId: "unused",
          message: "This comment ignores TL101, which finds nothing here.",
          at: "2:1-2:50",
        },
      ],
    },
  ],
});
