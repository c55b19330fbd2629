import { SourceBuilder } from "../dockerfile/lines.ts";
import type { Instruction, ShellCommand, ShellWord } from "../dockerfile/model.ts";
import { shellCommands } from "../dockerfile/shell/walk.ts";

/** Stand in for `<` and `>` of a placeholder, which the shell would take for redirections. */
const OPEN = "\u27E8";
const CLOSE = "\u27E9";

/** A `<your-role-arn>` as documents write it; a real redirection has no such closing bracket. */
const PLACEHOLDER = /<([A-Za-z](?:[\w.:/ -]{0,80}\w)?)>/g;

/** The `aws sagemaker create-training-job` commands of a shell script; each begins with the first option. */
export function createTrainingJobCommands(
  text: string,
): readonly { command: ShellCommand; words: readonly ShellWord[] }[] {
  const source = new SourceBuilder();
  for (const [index, line] of text.split("\n").entries()) {
    const plain = (line.endsWith("\r") ? line.slice(0, -1) : line).replace(PLACEHOLDER, `${OPEN}$1${CLOSE}`);
    source.add(`${plain}\n`, { line: index + 1, column: 1 });
  }
  const { commands } = shellCommands(source.build(), {
    instruction: SCRIPT,
    stage: 0,
    workingDir: { known: false, why: "a script may run anywhere" },
    lookup: () => null,
  });
  return commands.flatMap((command) => {
    const at = command.argv.findIndex((word) => word.value === "create-training-job");
    const aws = command.argv.findIndex((word) => /(?:^|\/)aws2?$/.test(word.value ?? ""));
    if (aws === -1 || at < aws || !command.argv.slice(aws, at).some((word) => word.value === "sagemaker"))
      return [];
    return [{ command, words: [...command.argv.slice(aws + 1, at), ...command.argv.slice(at + 1)] }];
  });
}

/** The placeholder's brackets as the user wrote them. */
export function restorePlaceholders(text: string): string {
  return text.replaceAll(OPEN, "<").replaceAll(CLOSE, ">");
}

const NOWHERE = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

/** The shell parser speaks of Dockerfile instructions; a script is one of its own. */
const SCRIPT: Instruction = {
  keyword: "RUN",
  range: NOWHERE,
  keywordRange: NOWHERE,
  flags: [],
  arguments: { text: "", pieces: [{ offset: 0, position: NOWHERE.start }] },
  heredocs: [],
  trigger: null,
};
