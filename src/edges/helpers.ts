import { availableParallelism } from "node:os";
import { parentPort, Worker, workerData } from "node:worker_threads";

/** Threads beyond the first; each takes some 50 MB, and the time to start a second program. */
const MOST_HELPERS = 3;

/** What helpers are told when there is something to do. */
interface Order<Task> {
  readonly task: Task;
  readonly batches: number;
}

/** What all threads count together, by its index: batches that are taken, and helpers that have loaded. */
const TAKEN = 0;
const LOADED = 1;

/** Threads that work on the same batches as this one. They load their code at once, and then wait for the task. */
export class Helpers<Task, Result> {
  private readonly counts = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  private readonly running = new Set<Worker>();
  private readonly started: number;
  private readonly results = new Map<number, Result>();
  private batches = 0;
  private changed = (): void => {};

  /**
   * None where there is but one processor. `program` is the URL of the module that they run, which calls `help`. A
   * helper that fails delivers nothing more, and nothing is told of it: whoever asked does the batches that are missing.
   */
  constructor(program: string) {
    for (let count = Math.min(availableParallelism() - 1, MOST_HELPERS); count > 0; count -= 1) {
      const worker = startedWith(program, this.counts);
      if (worker === null) break;
      this.running.add(worker);
      worker.on("message", ([batch, result]: [number, Result]) => {
        this.results.set(batch, result);
        this.changed();
      });
      worker.on("error", () => {});
      worker.on("exit", () => {
        this.running.delete(worker);
        this.changed();
      });
    }
    this.started = this.running.size;
  }

  /** Lets them begin with a `task`, which must be plain data. */
  give(task: Task, batches: number): void {
    this.batches = batches;
    const order: Order<Task> = { task, batches };
    for (const worker of this.running) worker.postMessage(order);
  }

  /** The next batch that nobody has taken, from 0; `null` when all are. */
  take(): number | null {
    return take(this.counts, this.batches);
  }

  /** Whether every helper has loaded its code. */
  haveLoaded(): boolean {
    return Atomics.load(this.counts, LOADED) === this.started;
  }

  /** What the helpers made, by batch, when that are `wanted` results or no more will come; the helpers then end. */
  async finish(wanted: number): Promise<ReadonlyMap<number, Result>> {
    await new Promise<void>((resolve) => {
      this.changed = () => {
        if (this.results.size >= wanted || this.running.size === 0) resolve();
      };
      this.changed();
    });
    this.dismiss();
    return this.results;
  }

  dismiss(): void {
    for (const worker of this.running) void worker.terminate();
  }
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
  const counts = workerData as Int32Array;
  Atomics.add(counts, LOADED, 1);
  const { task, batches } = await new Promise<Order<Task>>((resolve) => parentPort?.once("message", resolve));
  const resultOf = begin(task);
  for (let batch = take(counts, batches); batch !== null; batch = take(counts, batches)) {
    parentPort?.postMessage([batch, await resultOf(batch)]);
  }
}

function take(counts: Int32Array, batches: number): number | null {
  const batch = Atomics.add(counts, TAKEN, 1);
  return batch < batches ? batch : null;
}
