import { defineInputRule } from "../../core/input-rule.ts";

export const ruleCrashed = defineInputRule({
  id: "TL900",
  name: "rule-crashed",
  summary: "A rule of trainlint threw an error instead of judging",
  rationale: `A rule met something that it does not understand and broke. Its own findings are missing from this
report; those of all other rules are there. The command ends with exit code 4, so that a gate does not take the
missing findings for a pass.

This is a bug in trainlint, not in your input.`,
  refs: [],
  severity: "error",
  precision: "very-high",
  messages: {
    crashed: ({ rule, reason }: { rule: string; reason: string }) => ({
      message: `The rule ${rule} broke (${reason}): its findings are missing here.`,
      help: "This is a bug in trainlint: please report it with the input. `--verbose` shows the stack; `--rule` turns the rule off.",
    }),
  },
  examples: [],
});
