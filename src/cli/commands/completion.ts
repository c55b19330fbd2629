import { UserError } from "../../core/errors.ts";
import type { Command } from "../command.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** The command that prints completion scripts; they are made from the commands themselves. */
export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    name: "completion",
    usage: "bash|zsh|fish",
    description: "Print a completion script for a shell",
    options: [],
    positionals: [1, 1],
    words: Object.keys(SHELLS),
    examples: [
      ["trainlint completion bash > ~/.local/share/bash-completion/completions/trainlint", "bash"],
      ['trainlint completion zsh > "${fpath[1]}/_trainlint"', "zsh"],
      ["trainlint completion fish > ~/.config/fish/completions/trainlint.fish", "fish"],
    ],
    async run(args, context) {
      const shell = args.positionals[0] ?? "";
      if (!Object.hasOwn(SHELLS, shell)) {
        throw new UserError(`There is no completion for \`${shell}\`.`, {
          help: `It is one of ${Object.keys(SHELLS).join(", ")}.`,
        });
      }
      const app = await import("../../app.ts");
      const ruleWords = await app.ruleWords();
      const completed = commands().map(({ words, ...command }) => ({
        ...command,
        ...(words === undefined ? {} : { words: words === "rules" ? ruleWords : words }),
      }));
      context.stdout.write(SHELLS[shell as keyof typeof SHELLS](completed));
      return 0;
    },
  };
}
