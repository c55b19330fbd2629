/**
 * What V8 takes by default suits programs that run for hours. Its optimizers stay away: over a few thousand files they
 * take more processor time than they save, on processors that all have files to lint. Young garbage is collected by one
 * thread: there is so little of it that several spend more time on waiting for each other. V8 reads these flags as it
 * goes. By its major version (Node 20, 22 and 24), for it complains about one that it does not know.
 */
const TURNED_OFF: { readonly [version: string]: readonly string[] } = {
  11: ["opt", "parallel-scavenge"],
  12: ["opt", "maglev", "parallel-scavenge"],
  13: ["opt", "maglev"],
};

/**
 * Does `work`, which calls `tune` once it knows that it has many files to lint; V8 is then set up for that. The flags
 * are taken back at the end, since compiled code is kept for the usual ones.
 */
export async function withTunedV8<T>(work: (tune: () => void) => Promise<T>): Promise<T> {
  const flags = TURNED_OFF[process.versions.v8.split(".")[0] ?? ""] ?? [];
  const set = (prefix: string): void => {
    const { setFlagsFromString } = process.getBuiltinModule("node:v8");
    for (const flag of flags) setFlagsFromString(`${prefix}${flag}`);
  };
  let isTuned = false;
  try {
    return await work(() => {
      isTuned = true;
      set("--no-");
    });
  } finally {
    if (isTuned) set("--");
  }
}
