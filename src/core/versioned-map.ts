/** What a key was given at a version; `undefined` once it was deleted. */
interface Change<V> {
  readonly version: number;
  readonly value: V | undefined;
}

/**
 * A map that remembers what it held at each of its snapshots. A snapshot costs nothing but its object, so that a
 * file of n instructions can keep n states without n copies; reading from one costs a binary search.
 */
export class VersionedMap<V extends object> {
  readonly #changes = new Map<string, Change<V>[]>();
  #version = 0;

  get(key: string): V | undefined {
    return this.#changes.get(key)?.at(-1)?.value;
  }

  set(key: string, value: V): void {
    this.#change(key, value);
  }

  delete(key: string): void {
    if (this.get(key) !== undefined) this.#change(key, undefined);
  }

  /** The keys and values of now; later changes do not show in it. */
  snapshot(): ReadonlyMap<string, V> {
    const snapshot = new Snapshot(this.#changes, this.#version);
    this.#version += 1;
    return snapshot;
  }

  #change(key: string, value: V | undefined): void {
    const changes = this.#changes.get(key);
    const change = { version: this.#version, value };
    if (changes === undefined) this.#changes.set(key, [change]);
    else if (changes.at(-1)?.version === this.#version) changes[changes.length - 1] = change;
    else changes.push(change);
  }
}

class Snapshot<V extends object> implements ReadonlyMap<string, V> {
  readonly #changes: ReadonlyMap<string, readonly Change<V>[]>;
  readonly #version: number;

  constructor(changes: ReadonlyMap<string, readonly Change<V>[]>, version: number) {
    this.#changes = changes;
    this.#version = version;
  }

  get(key: string): V | undefined {
    return this.#valueIn(this.#changes.get(key) ?? []);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  get size(): number {
    return [...this.entries()].length;
  }

  *entries(): MapIterator<[string, V]> {
    for (const [key, changes] of this.#changes) {
      const value = this.#valueIn(changes);
      if (value !== undefined) yield [key, value];
    }
  }

  *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }

  /** The last change that is not newer than the snapshot. */
  #valueIn(changes: readonly Change<V>[]): V | undefined {
    let [low, high] = [0, changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((changes[middle]?.version ?? 0) <= this.#version) low = middle + 1;
      else high = middle;
    }
    return changes[low - 1]?.value;
  }
}
