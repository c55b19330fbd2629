import { defineInputRule } from "../../core/input-rule.ts";

export const staleBaseline = defineInputRule({
  id: "TL906",
  name: "stale-baseline",
  summary: "The baseline accepts a finding that is not there any more",
  rationale: `A baseline holds the findings that were there when trainlint was introduced. An entry that matches
nothing was fixed since; left there, it would accept the fault again when it comes back.`,
  refs: [],
  severity: "warning",
  precision: "very-high",
  messages: {
    stale: ({ rule, path, message }: { rule: string; path: string; message: string }) => ({
      message: `The baseline accepts ${rule} in ${path}, which is not there any more: ${message}`,
      help: "Take it out with --prune-baseline.",
    }),
  },
  examples: [],
});
