import type { ShellCommand } from "../dockerfile/model.ts";
import { wholeText } from "../dockerfile/shell/source.ts";
import { shellCommands } from "../dockerfile/shell/walk.ts";
import { shellCall } from "../entrypoint/shell-call.ts";
import type { JobModel } from "./model.ts";
import { has } from "./request.ts";
import { commandOf, launchWords } from "./script.ts";
import { SCRIPT } from "./script-commands.ts";

/** A command that the request itself starts, with the pointer of the word that says it. */
export interface LaunchedCommand {
  readonly command: ShellCommand;
  readonly pointer: string;
}

const IN_THE_IMAGE = { known: false, why: "the image says where it runs" } as const;

/** The commands of a request's own launch: those of `sh -c LINE`, else the words as they are. */
export function launchedCommands(job: JobModel): readonly LaunchedCommand[] {
  if (!has(job, "AlgorithmSpecification", "ContainerEntrypoint")) return [];
  const argv = commandOf(launchWords(job)).map(({ word, pointer }) => ({
    value: job.unknown.has(pointer) ? null : word,
    raw: word,
    range: SCRIPT.range,
    pointer,
  }));
  const [program] = argv;
  if (program === undefined) return [];
  const start = { instruction: SCRIPT, stage: 0, workingDir: IN_THE_IMAGE };
  const call = shellCall(argv);
  if (call === null || call.line === null) {
    const { range } = SCRIPT;
    const command = { ...start, range, argv, assignments: [], redirects: [], conditional: false };
    return [{ command, pointer: program.pointer }];
  }
  const { line } = call;
  const pointer = argv.find((word) => word === line)?.pointer;
  if (line.value === null || pointer === undefined) return [];
  const { commands } = shellCommands(wholeText(line.value), { ...start, lookup: () => null });
  return commands.map((command) => ({ command, pointer }));
}
