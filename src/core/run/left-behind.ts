import { parseScript } from "../dockerfile/shell/outline.ts";
import { signalFlow } from "../entrypoint/script-signals.ts";
import { type ShellName, shellByName, shellCall } from "../entrypoint/shell-call.ts";
import { baseName } from "../paths.ts";
import { PROGRAM_TEXT_CHARACTERS, type Transcript } from "./transcript.ts";

/** What PID 1 started and did not wait for. */
export interface LeftBehind {
  /** Who ended too early: a shell, `setsid`. */
  readonly by: string;
  readonly command: string;
}

/**
 * The program that PID 1 started in the background before it ended by itself, as its command line or its script
 * says; `null` where it waits, or where that can't be told. A container ends with its PID 1, and whatever it has
 * started is killed then.
 */
export function leftBehind({ argv, program }: Transcript): LeftBehind | null {
  const words = argv.map((value) => ({ value, range: null }));
  if (baseName(argv[0] ?? "") === "setsid") return forked(argv);
  const call = shellCall(words);
  if (call?.line != null) return abandoned(call.shell, call.line.value ?? "", argv);
  if (call?.script != null && program?.script != null) {
    return whole(program.script.text) ? abandoned(call.shell, program.script.text, argv.slice(2)) : null;
  }
  const text = program?.text ?? null;
  if (text === null || !whole(text)) return null;
  // `#!/bin/bash -e`, or `#!/usr/bin/env bash`.
  const [interpreter = "", operand = ""] = program?.shebang?.trim().split(/\s+/) ?? [];
  const shell = shellByName(interpreter) ?? shellByName(operand);
  return shell === null ? null : abandoned(shell, text, argv.slice(1));
}

/**
 * PID 1 leads its process group, and `setsid` forks where it would have to become a leader a second time; its
 * parent half ends at once unless it is told to wait. Source: setsid(1), setsid.c of util-linux and busybox.
 */
function forked(argv: readonly string[]): LeftBehind | null {
  const program = argv.findIndex((word, index) => index > 0 && !word.startsWith("-"));
  if (program === -1) return null;
  const options = argv.slice(1, program);
  const waits = options.some((word) => word === "--wait" || /^-[a-z]*w/.test(word));
  return waits ? null : { by: "setsid", command: argv.slice(program).join(" ") };
}

function whole(text: string): boolean {
  return text.length < PROGRAM_TEXT_CHARACTERS;
}

function abandoned(shell: ShellName, text: string, args: readonly string[]): LeftBehind | null {
  const situation = { execsLast: false, isBash: shell === "bash", init: null };
  const flow = signalFlow(parseScript(text, "", args), situation);
  if (flow.kind !== "fault" || flow.fault !== "abandoned") return null;
  return { by: shell, command: flow.command.argv.map(({ raw }) => raw).join(" ") };
}
