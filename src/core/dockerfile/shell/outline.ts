import { baseName } from "../../paths.ts";
import type { SourceText } from "../../text.ts";
import type { Problem } from "../model.ts";
import { commandIndex } from "./prefixes.ts";
import { type ScriptHead, scriptHead } from "./shebang.ts";
import { concat, slice, wholeText } from "./source.ts";
import { type Walked, type WalkedCommand, walkShell } from "./walk.ts";

/** A command of a script with what an entrypoint is judged by. */
export interface ScriptCommand extends WalkedCommand {
  /** The shell becomes the program: `exec program ...`. */
  readonly exec: boolean;
}

/** `trap 'action' SIGNAL...` */
export interface Trap {
  /** Without `SIG`, upper case: `TERM`, `INT`, `EXIT`. */
  readonly signals: readonly string[];
  /** `null` when it can't be told; "" ignores the signal; `-` restores the default. */
  readonly action: string | null;
  /** What the action runs, functions of the script included. */
  readonly reaches: readonly WalkedCommand[];
  readonly command: ScriptCommand;
}

/** What a shell script does with processes and signals. */
export interface ScriptOutline {
  /** As it shall appear in findings. */
  readonly path: string;
  readonly head: ScriptHead;
  /** Every simple command in the order in which the shell reaches it. */
  readonly commands: readonly ScriptCommand[];
  /** The commands that the script may end with; several where it branches, none when it ends in a loop. */
  readonly endings: readonly ScriptCommand[];
  readonly traps: readonly Trap[];
  /** Commands started with `&`. */
  readonly background: readonly ScriptCommand[];
  readonly waits: readonly ScriptCommand[];
  /** `kill` and its kin: what hands a signal on. */
  readonly kills: readonly ScriptCommand[];
  readonly problems: readonly Problem[];
}

const NUMBERS: Readonly<Record<string, string>> = {
  "0": "EXIT",
  "1": "HUP",
  "2": "INT",
  "3": "QUIT",
  "15": "TERM",
};

/** Reads a whole shell script; carriage returns are reported in its head and otherwise passed over. */
export function parseScript(text: string, path: string, args?: readonly string[]): ScriptOutline {
  return outlineOf(wholeText(text), path, args);
}

let last: { readonly line: string; readonly outline: ScriptOutline } | null = null;

/** The same for a line that a shell gets as an argument. The last one is kept: several rules ask for that of one ENTRYPOINT. */
export function outlineOfLine(line: string): ScriptOutline {
  if (last?.line !== line) last = { line, outline: parseScript(line, "") };
  return last.outline;
}

/**
 * The same for a script that stands in a Dockerfile, e.g. in a here-document of COPY. With `args`, the words that
 * the script is started with, the branches that its tests on them rule out are left out.
 */
export function outlineOf(source: SourceText, path: string, args?: readonly string[]): ScriptOutline {
  const workingDir = { known: false, why: "a script runs wherever it is started" } as const;
  const {
    commands: walked,
    problems,
    follow,
  } = walkShell(withoutReturns(source), () => null, workingDir, args ?? null);
  const commands = walked.map((command) => ({ ...command, exec: startsWithExec(command) }));
  return {
    path,
    head: scriptHead(source),
    commands,
    endings: commands.filter((command) => command.ending),
    traps: commands.flatMap((command) => trapOf(command, follow)),
    background: commands.filter((command) => command.background),
    waits: commands.filter((command) => nameOf(command) === "wait"),
    kills: commands.filter((command) => /^(?:kill|pkill|killall)$/.test(nameOf(command))),
    problems,
  };
}

/** The text without byte order mark and carriage returns, so that the rest can be judged too. */
function withoutReturns(source: SourceText): SourceText {
  const start = source.text.startsWith("\uFEFF") ? 1 : 0;
  if (start === 0 && !source.text.includes("\r\n")) return source;
  const parts: SourceText[] = [];
  let from = start;
  for (let at = source.text.indexOf("\r\n"); at !== -1; at = source.text.indexOf("\r\n", from)) {
    parts.push(slice(source, from, at));
    from = at + 1;
  }
  parts.push(slice(source, from, source.text.length));
  return concat(parts);
}

function nameOf(command: ScriptCommand): string {
  return baseName(command.argv[commandIndex(command.argv)]?.value ?? "");
}

function startsWithExec(command: WalkedCommand): boolean {
  return command.argv[0]?.value === "exec" && command.argv.length > 1;
}

function trapOf(command: ScriptCommand, follow: Walked["follow"]): Trap[] {
  if (command.argv[0]?.value !== "trap") return [];
  const words = command.argv.slice(1).filter((word) => word.value !== "--");
  const action = words[0];
  if (action === undefined || /^-[lp]$/.test(action.value ?? "")) return [];
  const signals = words.slice(1).map((word) => signalName(word.value ?? word.raw));
  if (signals.length === 0) return [];
  const reaches = action.value === null || action.value === "-" ? [] : follow(action.value);
  return [{ signals, action: action.value, reaches, command }];
}

function signalName(word: string): string {
  const name = word.toUpperCase().replace(/^SIG/, "");
  return NUMBERS[name] ?? name;
}
