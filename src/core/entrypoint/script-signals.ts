import type { ScriptCommand, ScriptOutline, Trap } from "../dockerfile/shell/outline.ts";
import { commandIndex } from "../dockerfile/shell/prefixes.ts";
import type { WalkedCommand } from "../dockerfile/shell/walk.ts";
import { baseName } from "../paths.ts";
import type { Range } from "../text.ts";
import { isPython } from "./python-call.ts";

/** Why SIGTERM does not reach the program that a script starts, or not in time. */
export type SignalFault =
  /** A child in the foreground of a shell without a trap. */
  | "child"
  /** One of the commands of a pipeline, all of which are children. */
  | "pipeline"
  /** In the background of a shell that waits without a trap. */
  | "background"
  /** In the background, and nothing comes after it: the shell ends at once. */
  | "abandoned"
  /** There is a trap, but it runs only when the child in the foreground has ended. */
  | "late-trap"
  /** The shell itself dies of the signal, and takes the child with it. */
  | "dies-first"
  /** The trap hands the signal on, and then the shell ends while the child still saves. */
  | "ends-first";

/** What becomes of SIGTERM in a script. */
export type SignalFlow =
  | { readonly kind: "fault"; readonly fault: SignalFault; readonly command: ScriptCommand }
  /** The shell becomes one of these commands. */
  | { readonly kind: "becomes"; readonly commands: readonly ScriptCommand[] }
  /** The shell hands the signal on and waits; or it can't be told. */
  | { readonly kind: "handled" | "unclear" };

/** How the shell that reads a script is run. */
export interface ShellSituation {
  /** For a line behind `-c`: whether the shell execs a last simple command by itself. */
  readonly execsLast: boolean;
  /** bash runs an EXIT trap when SIGTERM comes, and ends; dash does not. */
  readonly isBash: boolean;
  /** What stands in front of the shell: an init that signals one process or all of them; `null` when it is PID 1. */
  readonly init: "one" | "all" | null;
}

/** Most commands of a script that are judged; scripts that people write have some hundred. */
const MAX_COMMANDS = 5000;

/** Commands that soon end, or belong to the shell: a stop hardly falls on them. */
const SHORT = new Set(
  `. : [ alias apt apt-get apk aws awk basename builtin bc break bzip2 cat cd chgrp chmod chown clear command
  continue cp curl cut date declare df dirname disown du echo env envsubst eval exit export expr false file find free
  getconf getent getopts git grep groupadd gunzip gzip hash head hostname id ifconfig install ip jq kill killall
  ldconfig ldd let ln local logger ls lscpu md5sum mkdir mkfifo mktemp mount mv netstat nproc nvcc nvidia-smi
  openssl pgrep pip pip3 pkill popd printenv printf ps pushd pwd read readarray readlink readonly realpath return
  rm rmdir sed seq service set sha256sum shift shopt sleep sort source ssh-keygen ssh-keyscan stat stty sync sysctl
  tail tar tee test touch tr trap true ts tty type typeset ulimit umask uname uniq unset unzip useradd usermod wait
  wc wget which whoami xargs xz yes yum zip`.split(/\s+/),
);

/** Programs that do the work of a training job. */
const WORKERS =
  /^(?:Rscript|R|julia|java|perl|ruby|node|lua|octave|torchrun|accelerate|deepspeed|horovodrun|mpirun|mpiexec|train|xgboost|papermill|spark-submit|ray|conda|mamba|micromamba|poetry|uv|pipenv|(?:ba|da|a)?sh)$/;

/** What a trap may do without saving anything by itself. */
const HANDS_ON = /^(?:kill|pkill|killall|echo|printf|date|exit|true|:|set|trap|wait)$/;

/** The commands of the shell itself up to its end, and those of them that it may end with. */
export function untilTheEnd(outline: ScriptOutline): {
  readonly commands: readonly ScriptCommand[];
  readonly endings: readonly ScriptCommand[];
} {
  if (outline.commands.length > MAX_COMMANDS) return { commands: [], endings: [] };
  const commands = untilItEnds(ownCommands(outline.commands));
  const last = commands.at(-1);
  const endings = commands.filter((command) => command.ending || (command === last && command.exec));
  return { commands, endings };
}

/** Follows SIGTERM through a script, or through a line behind `-c`. */
export function signalFlow(outline: ScriptOutline, situation: ShellSituation): SignalFlow {
  if (outline.problems.length > 0) return { kind: "unclear" };
  const { commands, endings } = untilTheEnd(outline);
  const last = commands.at(-1);
  if (endings.some((command) => /^(?:sleep|tail)$/.test(nameOf(command)))) return { kind: "unclear" };
  const becomes = endings.filter((command) => becomesProgram(command, command === last, situation));
  const sources = commands.some((command) => /^(?:\.|source)$/.test(command.argv[0]?.value ?? ""));
  const works = (command: ScriptCommand): boolean =>
    !becomes.includes(command) && !isShort(command) && (!sources || isWorker(command));
  const worker =
    endings.findLast((command) => works(command)) ??
    (becomes.length > 0 ? undefined : earlierWorker(commands, endings.at(-1), works));
  if (worker !== undefined) return judged(worker, commands, outline.traps, situation);
  return becomes.length > 0 ? { kind: "becomes", commands: becomes } : { kind: "unclear" };
}

/** `python train.py | tee log` ends in tee; `python train.py; cp ...` in cp. */
function earlierWorker(
  commands: readonly ScriptCommand[],
  ending: ScriptCommand | undefined,
  works: (command: ScriptCommand) => boolean,
): ScriptCommand | undefined {
  const known = commands.findLast((command) => works(command) && isWorker(command));
  if (known !== undefined || ending?.piped !== true) return known;
  const feeding = commands[commands.indexOf(ending) - 1];
  return feeding?.piped === true && works(feeding) ? feeding : undefined;
}

function judged(
  worker: ScriptCommand,
  commands: readonly ScriptCommand[],
  traps: readonly Trap[],
  { init, isBash }: ShellSituation,
): SignalFlow {
  const fault = (kind: SignalFault): SignalFlow => ({ kind: "fault", fault: kind, command: worker });
  const later = commands.slice(commands.indexOf(worker) + 1);
  const waits = later.filter((command) => nameOf(command) === "wait");
  // `trap - TERM` behind the first wait is there so that the second one is not ended again.
  const set = commands.slice(0, waits[0] === undefined ? commands.length : commands.indexOf(waits[0]));
  const handler = handlerOf(
    traps.filter((trap) => set.includes(trap.command)),
    "TERM",
  );
  const dies = init !== null || (isBash && handlerOf(traps, "EXIT") !== null);
  if (!worker.background) {
    // An init that signals every process reaches the child, and the trap keeps the shell alive meanwhile.
    if (handler !== null) return init === "all" ? { kind: "unclear" } : fault("late-trap");
    if (dies) return fault("dies-first");
    return fault(worker.piped ? "pipeline" : "child");
  }
  if (waits.length === 0 && later.every((command) => isClosing(command))) return fault("abandoned");
  if (handler !== null) return outlasts(handler, waits, later) ? { kind: "handled" } : fault("ends-first");
  if (waits.length === 0) return { kind: "unclear" };
  return fault(dies ? "dies-first" : "background");
}

function handlerOf(traps: readonly Trap[], signal: string): Trap | null {
  const trap = traps.findLast((candidate) => candidate.signals.includes(signal));
  return trap === undefined || trap.action === "" || trap.action === "-" ? null : trap;
}

/** Whether the shell still waits for its child after its trap has run; where that can't be told, it does. */
function outlasts(trap: Trap, waits: readonly ScriptCommand[], later: readonly ScriptCommand[]): boolean {
  const names = trap.reaches.filter((command) => !command.calls).map((command) => nameOf(command));
  if (trap.action === null || names.includes("wait") || !names.every((name) => HANDS_ON.test(name)))
    return true;
  if (names.includes("exit")) return false;
  const [wait, ...more] = waits;
  return wait === undefined || more.length > 0 || wait.conditional || !later.every((one) => isClosing(one));
}

/** Without what runs in substitutions, and in shells that another command of the script starts. */
function ownCommands(commands: readonly ScriptCommand[]): ScriptCommand[] {
  const own = commands.filter(
    (command) => command.argv.length > 0 && !command.calls && (!command.subshell || command.ending),
  );
  return own.filter(
    (command) =>
      !command.subshell || !own.some((other) => other !== command && contains(other.range, command.range)),
  );
}

/** Up to the first command that certainly replaces or ends the shell. */
function untilItEnds(commands: readonly ScriptCommand[]): readonly ScriptCommand[] {
  const end = commands.findIndex(
    (command) =>
      !command.conditional && isInShell(command) && (command.exec || command.argv[0]?.value === "exit"),
  );
  return end === -1 ? commands : commands.slice(0, end + 1);
}

function becomesProgram(command: ScriptCommand, isLast: boolean, { execsLast }: ShellSituation): boolean {
  if (!isInShell(command)) return false;
  return command.exec || (execsLast && isLast && command.redirects.length === 0);
}

function isInShell(command: ScriptCommand): boolean {
  return !command.piped && !command.subshell && !command.background;
}

function isShort(command: ScriptCommand): boolean {
  const word = command.argv[commandIndex(command.argv)];
  return word === undefined || (word.value !== null && SHORT.has(baseName(word.value)));
}

function isWorker(command: ScriptCommand): boolean {
  const word = command.argv[commandIndex(command.argv)];
  const value = word?.value ?? "";
  const name = baseName(value);
  if (value === "") return /^"?\$(?:[@*1]|\{[@*1])/.test(word?.raw ?? "");
  return isPython(name) || WORKERS.test(name) || /\.(?:sh|py|R|jl)$/.test(name) || value.includes("/");
}

function isClosing(command: ScriptCommand): boolean {
  return /^(?:echo|printf|exit|return|true|:|trap|wait|disown)$/.test(nameOf(command));
}

function nameOf(command: WalkedCommand): string {
  return baseName(command.argv[commandIndex(command.argv)]?.value ?? "");
}

function contains(outer: Range, inner: Range): boolean {
  const before = compare(outer.start, inner.start);
  const behind = compare(outer.end, inner.end);
  return before <= 0 && behind >= 0 && (before < 0 || behind > 0);
}

function compare(a: Range["start"], b: Range["start"]): number {
  return a.line - b.line || a.column - b.column;
}
