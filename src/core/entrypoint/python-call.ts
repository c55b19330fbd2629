import { baseName } from "../paths.ts";
import type { CommandWord } from "./wrappers.ts";

/** A Python interpreter as it is started. Source: the options of CPython, "Command line and environment". */
export interface PythonCall {
  /** `-u`: output is not held back. */
  readonly unbuffered: boolean;
  /** `-E` or `-I`: PYTHONUNBUFFERED and the like are not looked at. */
  readonly ignoresEnvironment: boolean;
  readonly target:
    | { readonly kind: "file" | "module" | "command"; readonly word: CommandWord }
    | { readonly kind: "none" };
  readonly args: readonly CommandWord[];
}

const NAME = /^(?:python|pypy)(?:\d+(?:\.\d+)*)?$/;

/** Whether a program of this name is a Python interpreter. */
export function isPython(program: string): boolean {
  return NAME.test(baseName(program));
}

/** Reads `python -Eu x.py`, `python3 -m package`; `null` when it is no Python or its words can't be told. */
export function pythonCall(words: readonly CommandWord[]): PythonCall | null {
  if (!isPython(words[0]?.value ?? "")) return null;
  let unbuffered = false;
  let ignoresEnvironment = false;
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at];
    const value = word?.value;
    if (word === undefined || value === null || value === undefined) return null;
    const rest = words.slice(at + 1);
    if (!/^-./.test(value) || value === "-") {
      return { unbuffered, ignoresEnvironment, target: { kind: "file", word }, args: rest };
    }
    if (value.startsWith("--")) {
      if (value === "--check-hash-based-pycs") at += 1;
      continue;
    }
    for (let index = 1; index < value.length; index += 1) {
      const letter = value.charAt(index);
      if (letter === "u") unbuffered = true;
      if (letter === "E" || letter === "I") ignoresEnvironment = true;
      if (!/[cmWX]/.test(letter)) continue;
      const attached = value.slice(index + 1);
      const operand = attached === "" ? words[at + 1] : { value: attached, range: word.range };
      if (letter === "W" || letter === "X") {
        if (attached === "") at += 1;
        break;
      }
      if (operand === undefined)
        return { unbuffered, ignoresEnvironment, target: { kind: "none" }, args: [] };
      const kind = letter === "c" ? "command" : "module";
      const args = words.slice(attached === "" ? at + 2 : at + 1);
      return { unbuffered, ignoresEnvironment, target: { kind, word: operand }, args };
    }
  }
  return { unbuffered, ignoresEnvironment, target: { kind: "none" }, args: [] };
}
