import { SourceBuilder } from "../dockerfile/lines.ts";
import type { Instruction, ShellCommand, ShellWord } from "../dockerfile/model.ts";
import { commandIndex } from "../dockerfile/shell/prefixes.ts";
import { shellCommands } from "../dockerfile/shell/walk.ts";
import { BRACKETED } from "./placeholders.ts";

/** Stand in for what the shell would not leave alone in a placeholder such as `<your role>`. */
const STAND_INS: readonly (readonly [own: string, standIn: string])[] = [
  ["<", "\u27E8"],
  [">", "\u27E9"],
  [" ", "\u2420"],
];

/** An `aws sagemaker create-training-job` command: its words behind `aws`, and the commands before it. */
export interface CreateCommand {
  readonly command: ShellCommand;
  readonly words: readonly ShellWord[];
  readonly before: readonly ShellCommand[];
}

/** The `aws sagemaker create-training-job` commands of a shell script, each place once. */
export function createTrainingJobCommands(text: string): readonly CreateCommand[] {
  const source = new SourceBuilder();
  for (const [index, line] of text.split("\n").entries()) {
    const plain = (line.endsWith("\r") ? line.slice(0, -1) : line).replace(BRACKETED, hidePlaceholder);
    source.add(`${plain}\n`, { line: index + 1, column: 1 });
  }
  const { commands } = shellCommands(source.build(), {
    instruction: SCRIPT,
    stage: 0,
    workingDir: { known: false, why: "a script may run anywhere" },
    lookup: () => null,
    templates: true,
  });
  const found = new Map<string, CreateCommand>();
  for (const [index, command] of commands.entries()) {
    const words = wordsOfCreate(command);
    const { line, column } = command.range.start;
    // A loop comes by more than once.
    const key = `${line}:${column}`;
    if (words !== null && !found.has(key)) {
      found.set(key, { command, words, before: commands.slice(0, index) });
    }
  }
  return [...found.values()];
}

/** Commands that only tell of the words behind them. */
const TALKING = /^(?:echo|printf|cat|grep|log\w*|print|which|type|man)$/;

function wordsOfCreate({ argv }: ShellCommand): readonly ShellWord[] | null {
  const first = argv[commandIndex(argv)]?.value ?? null;
  if (first !== null && TALKING.test(first)) return null;
  const at = argv.findIndex((word) => word.value === "create-training-job");
  const service = argv.findIndex((word, index) => index < at && word.value === "sagemaker");
  if (at === -1 || service === -1) return null;
  const aws = argv.findIndex((word, index) => index < service && isAws(word, first));
  if (aws === -1) return null;
  const words = [...argv.slice(aws + 1, at), ...argv.slice(at + 1)].filter(
    (_, index) => aws + 1 + index !== service,
  );
  // It prints the request's form, and creates nothing.
  return words.some((word) => word.value?.startsWith("--generate-cli-skeleton") === true) ? null : words;
}

/** `aws`, under a path, through a variable or in its own container. */
function isAws(word: ShellWord, first: string | null): boolean {
  if (word.value === null) return first === null;
  return /(?:^|\/)(?:aws2?|awslocal|aws-cli(?::[\w.-]+)?)$/.test(word.value);
}

function hidePlaceholder(placeholder: string): string {
  return STAND_INS.reduce((text, [own, standIn]) => text.replaceAll(own, standIn), placeholder);
}

/** The placeholder as the user wrote it. */
export function restorePlaceholders(text: string): string {
  return STAND_INS.reduce((restored, [own, standIn]) => restored.replaceAll(standIn, own), text);
}

const NOWHERE = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

/** The shell parser speaks of Dockerfile instructions; a script is one of its own. */
export const SCRIPT: Instruction = {
  keyword: "RUN",
  range: NOWHERE,
  keywordRange: NOWHERE,
  flags: [],
  arguments: { text: "", pieces: [{ offset: 0, position: NOWHERE.start }] },
  heredocs: [],
  trigger: null,
};
