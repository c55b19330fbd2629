import { initByName } from "../entrypoint/init.ts";
import { baseName } from "../paths.ts";
import { isIdle, signalledProcess } from "./signals.ts";
import type { RunProcess, Transcript } from "./transcript.ts";

/** What kind of program has to handle SIGTERM; each has its own usual reason for not doing so. */
export type Stack =
  | "sagemaker-training"
  | "torchrun"
  | "mpirun"
  | "python"
  | "shell-command"
  | "shell-script"
  | "r"
  | "java"
  | "node"
  | "idle"
  | "other";

const SHELLS = new Set(["sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"]);

/** The process that SIGTERM reached (behind an init: the init's child), and what kind of program it is. */
export interface Recipient {
  readonly process: RunProcess | null;
  readonly command: string;
  readonly stack: Stack;
  readonly behindInit: boolean;
  /** The first child of it that does some work; `null` without any. */
  readonly child: RunProcess | null;
}

/** Who got SIGTERM in this run, by the process list from before the stop, or else by the command. */
export function recipientOf(run: Transcript): Recipient {
  const processes = run.processesBeforeStop;
  const process = signalledProcess(processes);
  const first = processes.find((one) => one.pid === 1);
  const command = process?.command ?? run.argv;
  return {
    process,
    command: command.join(" "),
    stack: isToolkit(run, command) ? "sagemaker-training" : stackOf(command),
    behindInit: initByName(first?.command[0] ?? run.argv[0] ?? "") !== null,
    child: processes.find((one) => process !== null && one.parent === process.pid && !isIdle(one)) ?? null,
  };
}

/** The training toolkit's `train` is a Python script that says so in its first lines. */
function isToolkit({ program }: Transcript, command: readonly string[]): boolean {
  return (
    /^python[0-9.]*$/.test(baseName(command[0] ?? "")) &&
    /\b(?:sagemaker_training|sagemaker_containers)\b/.test(program?.text ?? "")
  );
}

/** The kind of program that a command line starts. */
export function stackOf(command: readonly string[]): Stack {
  const name = baseName(command[0] ?? "").replace(/^-/, "");
  if (/^(?:python|pypy)[0-9.]*$/.test(name)) return pythonStack(command);
  if (SHELLS.has(name)) return command.slice(1).some(isCommandFlag) ? "shell-command" : "shell-script";
  if (name === "torchrun") return "torchrun";
  if (/^(?:mpirun|mpiexec|orterun|prterun)$/.test(name)) return "mpirun";
  if (name === "R" || name === "Rscript") return "r";
  if (name === "java") return "java";
  if (name === "node" || name === "nodejs") return "node";
  return isIdle({ command }) ? "idle" : "other";
}

function isCommandFlag(word: string): boolean {
  return /^-[a-z]*c$/.test(word);
}

/** A console script shows up as the interpreter with the script's path. */
function pythonStack(command: readonly string[]): Stack {
  const script = baseName(command.slice(1).find((word) => !word.startsWith("-")) ?? "");
  return script === "torchrun" || command.includes("torch.distributed.run") ? "torchrun" : "python";
}
