/**
 * What V8 11 takes by default suits programs that run for hours. Its optimizer stays away: over a few thousand files it
 * takes more processor time than it saves, on processors that all have files to lint. Young garbage is collected by one
 * thread: there is so little of it that several spend more time on waiting for each other. V8 reads both flags as it goes.
 */
const TUNED = ["--no-opt", "--no-parallel-scavenge"];
const USUAL = ["--opt", "--parallel-scavenge"];

/**
 * Does `work`, which calls `tune` once it knows that it has many files to lint; V8 is then set up for that. Versions
 * behind Node 20 know other flags, and have a cheaper optimizer in between. The flags are taken back at the end, since
 * compiled code is kept for the usual ones.
 */
export async function withTunedV8<T>(work: (tune: () => void) => Promise<T>): Promise<T> {
  const set = (flags: readonly string[]): void => {
    if (!process.versions.v8.startsWith("11.")) return;
    const { setFlagsFromString } = process.getBuiltinModule("node:v8");
    for (const flag of flags) setFlagsFromString(flag);
  };
  let isTuned = false;
  try {
    return await work(() => {
      isTuned = true;
      set(TUNED);
    });
  } finally {
    if (isTuned) set(USUAL);
  }
}
