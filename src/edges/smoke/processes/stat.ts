/** The kernel's flag of a process that is on its way out; PID 1 has it before it takes the others with it. */
const PF_EXITING = 0x4;

/** What `/proc/PID/stat` tells of a process's end. */
export interface Stat {
  /** Gone, a zombie, or on its way out. */
  readonly ending: boolean;
  /** Page faults of the children that it has waited for: a number that grows with each child that it reaps. */
  readonly reaped: number;
}

/** Reads a line of `/proc/PID/stat`; `null` for the empty text of a process that is gone. */
export function statOf(line: string): Stat | null {
  if (line === "") return null;
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state, , , , , , flags, , reaped] = fields;
  const ending = state === "Z" || state === "X" || (Number(flags) & PF_EXITING) !== 0;
  return { ending, reaped: Number(reaped) };
}
