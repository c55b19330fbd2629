import type { Command } from "../command.ts";
import { ANSWER_FORMAT_OPTION } from "../options.ts";

export const explainCommand: Command = {
  name: "explain",
  usage: "RULE",
  words: "rules",
  description: "Tell what a rule finds, why it matters, and how to turn it off",
  options: [ANSWER_FORMAT_OPTION],
  positionals: [1, 1],
  examples: [
    ["trainlint explain TL101", "by id"],
    ["trainlint explain handles-sigterm", "by name"],
  ],
  async run(args, context) {
    const { explainRule } = await import("../../app.ts");
    const format = args.value("format") === "json" ? "json" : "text";
    context.stdout.write(await explainRule(args.positionals[0] ?? "", format));
    return 0;
  },
};

export const rulesCommand: Command = {
  name: "rules",
  usage: "",
  description: "List all rules",
  options: [ANSWER_FORMAT_OPTION],
  positionals: [0, 0],
  examples: [["trainlint rules --format json", "for programs"]],
  async run(args, context) {
    const { listRules } = await import("../../app.ts");
    context.stdout.write(await listRules(args.value("format") === "json" ? "json" : "text"));
    return 0;
  },
};
