import { availableParallelism } from "node:os";
import { parentPort, Worker, workerData } from "node:worker_threads";

/** Threads beyond the first; each takes some 50 MB, and the time to start a second program. */
const MOST_HELPERS = 3;

/** What a helper is started with. */
interface Start<Task> {
  readonly task: Task;
  readonly batches: number;
  /** How many batches are taken, by whatever thread. */
  readonly taken: SharedArrayBuffer;
}

/** Threads that work on the same batches as this one. */
export interface Helpers<Result> {
  /** The next batch that nobody has taken, from 0; `null` when all are. */
  readonly take: () => number | null;
  /** What the helpers made, by batch, when that are `wanted` results or no more will come; the helpers then end. */
  readonly finish: (wanted: number) => Promise<ReadonlyMap<number, Result>>;
}

/**
 * Starts helpers on a `task`, which must be plain data; none where there is but one processor. `program` is the URL
 * of the module that they run, which calls `help`. A helper that fails delivers nothing more, and nothing is told of
 * it: whoever asked does the batches that are missing.
 */
export function startHelpers<Task, Result>(program: string, task: Task, batches: number): Helpers<Result> {
  const taken = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const results = new Map<number, Result>();
  let changed = (): void => {};
  const running = new Set<Worker>();
  for (let count = Math.min(availableParallelism() - 1, MOST_HELPERS); count > 0; count -= 1) {
    const start: Start<Task> = { task, batches, taken };
    const worker = startedWith(program, start);
    if (worker === null) break;
    running.add(worker);
    worker.on("message", ([batch, result]: [number, Result]) => {
      results.set(batch, result);
      changed();
    });
    worker.on("error", () => {});
    worker.on("exit", () => {
      running.delete(worker);
      changed();
    });
  }
  const finish = (wanted: number): Promise<ReadonlyMap<number, Result>> =>
    new Promise((resolve) => {
      changed = () => {
        if (results.size < wanted && running.size > 0) return;
        for (const worker of running) void worker.terminate();
        resolve(results);
      };
      changed();
    });
  return { take: () => take(taken, batches), finish };
}

/** `null` where no thread may be started, as under Node's permission model. */
function startedWith(program: string, workerData: unknown): Worker | null {
  try {
    // Through `import()`, since a module that is given as the worker's file loses the query of its URL.
    return new Worker(`import(${JSON.stringify(program)})`, { eval: true, workerData });
  } catch {
    return null;
  }
}

/** What a helper does: as long as there are batches that nobody has taken, it does one and delivers the result. */
export async function help<Task, Result>(
  begin: (task: Task) => (batch: number) => Promise<Result>,
): Promise<void> {
  const { task, batches, taken } = workerData as Start<Task>;
  const resultOf = begin(task);
  for (let batch = take(taken, batches); batch !== null; batch = take(taken, batches)) {
    parentPort?.postMessage([batch, await resultOf(batch)]);
  }
}

function take(taken: SharedArrayBuffer, batches: number): number | null {
  const batch = Atomics.add(new Int32Array(taken), 0, 1);
  return batch < batches ? batch : null;
}
