import { absolutePath } from "../../paths.ts";
import type { Value } from "../model.ts";

/** A variable's value; `null` when it can't be told, `undefined` when it is not set. */
export type Variable = string | null | undefined;

/** Looks a shell variable up. */
export type ShellLookup = (name: string) => Variable;

const UNKNOWN_FOLDER: Value<string> = { known: false, why: "the folder that `cd` changes to is not known" };

/** How many arguments of a script are followed: "$1" to "$9". */
const MAX_ARGUMENTS = 9;

/** What the shell itself sets, and what nobody can tell before it runs. */
const UNTOLD =
  /^(?:[?$!#@*_-]|OLDPWD|RANDOM|SRANDOM|SECONDS|LINENO|HOSTNAME|BASH\w*|UID|EUID|PPID|EPOCH\w*|IFS|OPTARG|OPTIND|REPLY)$/;

/**
 * The variables and the working folder as the shell goes along. Branches and subshells write into a frame of
 * their own, so that leaving one costs only what it changed.
 */
export class ShellState {
  private readonly start: ShellLookup;
  private frames: Map<string, Variable>[] = [new Map()];
  private folders: Value<string>[] = [];
  private folder: Value<string>;
  private previous: Value<string> = UNKNOWN_FOLDER;
  /** A file was sourced: a variable that is not set here may be set there. */
  private open = false;

  constructor(start: ShellLookup, workingDir: Value<string>) {
    this.start = start;
    this.folder = workingDir;
  }

  get workingDir(): Value<string> {
    return this.folder;
  }

  readonly lookup: ShellLookup = (name) => {
    if (name === "PWD") return this.folder.known ? this.folder.value : null;
    for (let index = this.frames.length - 1; index >= 0; index -= 1) {
      const frame = this.frames[index];
      if (frame?.has(name) === true) return frame.get(name);
    }
    if (UNTOLD.test(name)) return null;
    const value = this.start(name);
    return value === undefined && this.open ? null : value;
  };

  set(name: string, value: Variable): void {
    this.frames.at(-1)?.set(name, value);
  }

  /** The words behind the script's or the function's name; `null` for those that can't be told. */
  setArguments(words: readonly (string | null)[] | null): void {
    for (let index = 1; index <= MAX_ARGUMENTS; index += 1) {
      this.set(String(index), words === null ? null : words[index - 1]);
    }
    // With several words "$@" is several words, which one value can't say.
    const all = words?.length === 1 ? (words[0] ?? null) : null;
    this.set("@", all);
    this.set("*", all);
    this.set("#", words === null || words.includes(null) ? null : String(words.length));
  }

  /** The words that `setArguments` was last told, as far as they are known. */
  arguments(): readonly (string | null)[] | null {
    const count = Number(this.lookup("#") ?? Number.NaN);
    if (!Number.isInteger(count) || count > MAX_ARGUMENTS) return null;
    return Array.from({ length: count }, (_, index) => this.lookup(String(index + 1)) ?? null);
  }

  /** From here on, variables may be set that nobody can see: `. file`, `eval "$x"`. */
  setUnseen(): void {
    this.open = true;
  }

  /** A subshell: what it changes about variables and folder ends with it. */
  apart(body: () => void): void {
    const { folder, folders, previous } = this;
    this.folders = [...folders];
    this.frames.push(new Map());
    body();
    this.frames.pop();
    this.folder = folder;
    this.folders = folders;
    this.previous = previous;
  }

  /** Branches of which one runs (or none, unless `exhaustive`): only what they agree on is known afterwards. */
  branches(bodies: readonly (() => void)[], exhaustive: boolean): void {
    const start = this.folder;
    const ends: Value<string>[] = exhaustive ? [] : [start];
    const changes = bodies.map((body) => {
      this.folder = start;
      const frame = new Map<string, Variable>();
      this.frames.push(frame);
      body();
      this.frames.pop();
      ends.push(this.folder);
      return frame;
    });
    for (const name of new Set(changes.flatMap((frame) => [...frame.keys()]))) {
      const before = this.lookup(name);
      const values = changes.map((frame) => (frame.has(name) ? frame.get(name) : before));
      if (!exhaustive) values.push(before);
      this.set(name, values.every((value) => value === values[0]) ? values[0] : null);
    }
    this.folder = ends.every((end) => sameFolder(end, start)) ? start : agreed(ends);
  }

  /** `cd path`; `undefined` is `cd` alone. */
  changeDirectory(path: string | null | undefined): void {
    const from = this.folder;
    this.folder = this.destination(path);
    this.previous = from;
  }

  pushDirectory(path: string | null | undefined): void {
    this.folders.push(this.folder);
    this.changeDirectory(path ?? null);
  }

  popDirectory(): void {
    this.folder = this.folders.pop() ?? UNKNOWN_FOLDER;
  }

  private destination(path: string | null | undefined): Value<string> {
    if (path === "-") return this.previous;
    const target = path === undefined ? this.lookup("HOME") : path;
    if (target === null || target === undefined || target.startsWith("~") || /[*?[]/.test(target)) {
      return UNKNOWN_FOLDER;
    }
    if (target.startsWith("/")) return { known: true, value: absolutePath("/", target) };
    return this.folder.known ? { known: true, value: absolutePath(this.folder.value, target) } : this.folder;
  }
}

function sameFolder(a: Value<string>, b: Value<string>): boolean {
  return a === b || (a.known && b.known && a.value === b.value);
}

function agreed(ends: readonly Value<string>[]): Value<string> {
  const first = ends[0] ?? UNKNOWN_FOLDER;
  return ends.every((end) => sameFolder(end, first)) ? first : UNKNOWN_FOLDER;
}
