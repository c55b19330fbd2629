/** The one clock of a run: seconds since `createClock`, from the monotonic clock of this process. */
export interface Clock {
  /** Seconds with millisecond precision. */
  now(): number;
  /** A time of day of this machine, in seconds since 1970, on this clock. */
  at(timeOfDay: number): number;
}

export function createClock(): Clock {
  const start = performance.now();
  const timeOfDay = Date.now() / 1000;
  return {
    now: () => Math.round(performance.now() - start) / 1000,
    at: (time) => Math.round((time - timeOfDay) * 1000) / 1000,
  };
}

/** Resolves after `seconds`, or at once when `signal` aborts. Never rejects. */
export function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, seconds * 1000));
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** What `promise` gives within `seconds`, else `null`. Leaves no timer behind, which would keep the process. */
export async function within<T>(promise: Promise<T>, seconds: number): Promise<T | null> {
  const over = new AbortController();
  try {
    return await Promise.race([promise, pause(seconds, over.signal).then(() => null)]);
  } finally {
    over.abort();
  }
}
