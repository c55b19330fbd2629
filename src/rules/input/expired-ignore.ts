import { defineInputRule } from "../../core/input-rule.ts";

export const expiredIgnore = defineInputRule({
  id: "TL904",
  name: "expired-ignore",
  summary: "An ignore comment is past its `until` date and no longer counts",
  rationale: `An \`until\` date is a promise to look again. From the day after it on, the findings that the comment
silenced are reported as before.`,
  refs: [],
  severity: "warning",
  precision: "very-high",
  messages: {
    expired: ({ until, rules }: { until: string; rules: string }) => ({
      message: `This ignore of ${rules} ended on ${until} and no longer counts.`,
      help: "Fix what it silenced, or set a new date with the reason why.",
    }),
  },
  examples: [
    {
      title: "Past its day",
      dockerfile:
        'FROM scratch\n# trainlint ignore=TL101 until=2020-01-31 -- old base\nENTRYPOINT ["/train"]\n',
      findings: [
        {
          messageId: "expired",
          message: "This ignore of TL101 ended on 2020-01-31 and no longer counts.",
          at: "2:1-2:54",
        },
      ],
    },
  ],
});
