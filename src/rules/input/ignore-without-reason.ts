import { defineInputRule } from "../../core/input-rule.ts";

export const ignoreWithoutReason = defineInputRule({
  id: "TL905",
  name: "ignore-without-reason",
  summary: "An ignore comment gives no reason although the configuration asks for one",
  rationale: `With \`require-reason: true\` an ignore comment counts only with words after \`--\` that say why, so
that the next reader can judge whether it still holds.`,
  refs: [],
  severity: "error",
  precision: "very-high",
  messages: {
    noReason: () => ({
      message: "This ignore comment gives no reason, which the configuration asks for, so it does not count.",
      help: "Add the reason at the end: `# trainlint ignore=TL201 -- reason`.",
    }),
  },
  examples: [],
});
