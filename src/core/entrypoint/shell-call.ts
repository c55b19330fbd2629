import { baseName } from "../paths.ts";
import type { CommandWord } from "./wrappers.ts";

/** Shells whose way with signals is known. */
export type ShellName = "sh" | "bash" | "dash" | "ash";

/** A shell as it is started: with a line, with a script, or with neither. */
export interface ShellCall {
  readonly shell: ShellName;
  /** The word behind `-c`. */
  readonly line: CommandWord | null;
  /** The file that it reads. */
  readonly script: CommandWord | null;
  /** What follows: with a line the first of these is `$0`, with a script `$1`. */
  readonly args: readonly CommandWord[];
}

const LONG_WITH_VALUE = new Set(["--rcfile", "--init-file"]);

/** Which shell a program of this name is; `null` for others, zsh and ksh included. */
export function shellByName(program: string): ShellName | null {
  const name = baseName(program);
  return name === "sh" || name === "bash" || name === "dash" || name === "ash" ? name : null;
}

/** Reads `bash -e x.sh`, `sh -c "..."`, `bash`; `null` when it is no shell or its words can't be told. */
export function shellCall(words: readonly CommandWord[]): ShellCall | null {
  const shell = shellByName(words[0]?.value ?? "");
  if (shell === null) return null;
  let command = false;
  let at = 1;
  for (; at < words.length; at += 1) {
    const value = words[at]?.value;
    if (value === undefined || value === null) return null;
    if (value === "--" || value === "-") {
      at += 1;
      break;
    }
    if (value.startsWith("--")) {
      if (LONG_WITH_VALUE.has(value)) at += 1;
    } else if (/^[-+]./.test(value)) {
      if (/^-[a-zA-Z]*s/.test(value)) return null;
      if (/^-[a-zA-Z]*c/.test(value)) command = true;
      if (/^[-+][a-zA-Z]*[oO]$/.test(value)) at += 1;
    } else break;
  }
  const word = words[at] ?? null;
  const args = words.slice(at + 1);
  return { shell, line: command ? word : null, script: command ? null : word, args };
}
