import { UserError } from "../../src/core/errors.ts";
import { Random } from "./random.ts";
import type { Target } from "./targets.ts";

/** CPU time, in milliseconds, that one input may take; wall-clock time would measure the neighbours. */
const CPU_LIMIT = 1000;

/** An input that broke something, and what it broke. */
export interface Failure {
  readonly target: string;
  readonly seed: number;
  readonly input: string | Buffer;
  readonly reason: string;
}

/** Runs one input; `null` when it was understood, or refused as bad input should be. */
export async function tryInput(target: Target, input: string | Buffer, seed = 0): Promise<Failure | null> {
  const before = process.cpuUsage();
  const failure = (reason: string): Failure => ({ target: target.name, seed, input, reason });
  try {
    await target.run(input, seed);
  } catch (error) {
    if (!(error instanceof UserError)) {
      return failure(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
  const { user, system } = process.cpuUsage(before);
  const took = Math.round((user + system) / 1000);
  return took > CPU_LIMIT ? failure(`took ${took} ms of CPU time`) : null;
}

/** The input that `seed` stands for. */
export function inputOf(target: Target, seed: number): string | Buffer {
  return target.input(new Random(seed));
}
