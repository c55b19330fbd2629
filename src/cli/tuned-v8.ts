import { statSync } from "node:fs";

/**
 * What V8 11 takes by default suits programs that run for hours. A function is optimized when it has run for eight times
 * as long: in a run of a few seconds, optimizing most of a large program takes more processor time than it saves. Young
 * garbage is collected by one thread: there is so little of it that several spend more time on waiting for each other.
 * V8 reads both flags as it goes.
 */
const TUNED = ["--interrupt-budget=540672", "--no-parallel-scavenge"];
const USUAL = ["--interrupt-budget=67584", "--parallel-scavenge"];

/**
 * Does `work`, which lints many files, with V8 set up for it. Versions behind Node 20 know other flags, and have a
 * cheaper optimizer in between. The flags are taken back at the end, since compiled code is kept for the usual ones.
 */
export async function withTunedV8<T>(work: () => Promise<T>): Promise<T> {
  if (!process.versions.v8.startsWith("11.")) return await work();
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  for (const flag of TUNED) setFlagsFromString(flag);
  try {
    return await work();
  } finally {
    for (const flag of USUAL) setFlagsFromString(flag);
  }
}

/** Whether these words name no more than one file, which is linted before any of that matters. */
export function nameOneFile(words: readonly string[]): boolean {
  const [word = ".", ...others] = words;
  if (others.length > 0) return false;
  return word === "-" || statSync(word, { throwIfNoEntry: false })?.isFile() === true;
}
