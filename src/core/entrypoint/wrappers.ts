import { baseName } from "../paths.ts";
import type { Range } from "../text.ts";
import { initByName } from "./init.ts";

/** A word of a command line; `value` is `null` when it can't be told. A `ShellWord` is one. */
export interface CommandWord {
  readonly value: string | null;
  /** Where it stands in a text, where it does. */
  readonly range: Range | null;
}

/** A program that starts the program in its own words. */
export interface Wrapper {
  readonly name: string;
  /**
   * `becomes`: it is replaced by the program. `init`: tini and its kin, which hand signals on.
   * `forwards`: it stays in front and hands signals on.
   */
  readonly kind: "becomes" | "init" | "forwards";
  /** Its own words, the name first. */
  readonly words: readonly CommandWord[];
}

/** A command line with its wrappers taken off. */
export interface Unwrapped {
  readonly wrappers: readonly Wrapper[];
  /** The program and its arguments; empty when the wrappers have nothing to start. */
  readonly words: readonly CommandWord[];
  /** What `env` and the like set, `null` for what they take away; the last one wins. */
  readonly variables: ReadonlyMap<string, string | null>;
}

interface Shape {
  readonly kind: Wrapper["kind"];
  /** Options that take the next word as their value. */
  readonly values?: readonly string[];
  /** Words between the options and the program, such as the user of `gosu`. */
  readonly operands?: number;
}

/** Programs that exec the program in their words. Sources: their manual pages; env and nohup were measured. */
const SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ["env", { kind: "becomes", values: ["-u", "--unset", "-C", "--chdir", "-S", "--split-string"] }],
  ["exec", { kind: "becomes", values: ["-a"] }],
  ["nohup", { kind: "becomes" }],
  ["nice", { kind: "becomes", values: ["-n", "--adjustment"] }],
  ["ionice", { kind: "becomes", values: ["-c", "-n", "--class", "--classdata"] }],
  ["stdbuf", { kind: "becomes", values: ["-i", "-o", "-e", "--input", "--output", "--error"] }],
  [
    "setpriv",
    {
      kind: "becomes",
      values: ["--reuid", "--regid", "--groups", "--ruid", "--euid", "--rgid", "--egid", "--inh-caps"],
    },
  ],
  ["numactl", { kind: "becomes", values: ["-N", "-m", "-i", "-C", "-p"] }],
  ["gosu", { kind: "becomes", operands: 1 }],
  ["su-exec", { kind: "becomes", operands: 1 }],
  ["timeout", { kind: "forwards", values: ["-k", "-s", "--kill-after", "--signal"], operands: 1 }],
]);

const INITS: ReadonlyMap<string, readonly string[]> = new Map([
  ["tini", ["-p", "-e"]],
  ["dumb-init", ["-r", "--rewrite"]],
  ["catatonit", []],
]);

/** How many wrappers in a row are taken off. */
const MAX_WRAPPERS = 16;

/** What a command line starts behind `env`, `nohup`, `tini --`, ... */
export function unwrapped(argv: readonly CommandWord[]): Unwrapped {
  const wrappers: Wrapper[] = [];
  const variables = new Map<string, string | null>();
  let words = argv;
  while (words.length > 0 && wrappers.length < MAX_WRAPPERS) {
    const shape = shapeOf(words[0]?.value ?? "");
    if (shape === null) break;
    const name = baseName(words[0]?.value ?? "");
    const split = name === "env" ? splitString(words) : null;
    words = split ?? words;
    const end = programIndex(words, shape, name);
    wrappers.push({ name, kind: shape.kind, words: words.slice(0, end) });
    if (name === "env") setVariables(words.slice(1, end), variables);
    words = words.slice(end);
  }
  return { wrappers, words, variables };
}

function shapeOf(program: string): Shape | null {
  const init = initByName(program);
  const values = init === null ? undefined : INITS.get(init);
  if (values !== undefined) return { kind: "init", values };
  return SHAPES.get(baseName(program)) ?? null;
}

function programIndex(words: readonly CommandWord[], shape: Shape, name: string): number {
  let at = 1;
  for (; at < words.length; at += 1) {
    const value = words[at]?.value ?? "";
    if (value === "--") {
      at += 1;
      break;
    }
    if (shape.values?.includes(value) === true) at += 1;
    else if (!(/^-/.test(value) || (name === "env" && /^[^=/]+=/.test(value)))) break;
  }
  while (name === "env" && /^[^=/]+=/.test(words[at]?.value ?? "")) at += 1;
  return Math.min(at + (shape.operands ?? 0), words.length);
}

/** `env -S "python3 -u" x` with the text in words of their own; `null` where there is no `-S`. */
function splitString(words: readonly CommandWord[]): CommandWord[] | null {
  for (let at = 1; at < words.length; at += 1) {
    const value = words[at]?.value ?? "";
    const attached = /^(?:-[iv0]*S|--split-string=)(.*)$/s.exec(value);
    if (value === "--split-string" || attached?.[1] === "") {
      return [...words.slice(0, at), ...parts(words[at + 1]), ...words.slice(at + 2)];
    }
    if (attached !== null && attached[1] !== undefined) {
      const text = { value: attached[1], range: words[at]?.range ?? null };
      return [...words.slice(0, at), ...parts(text), ...words.slice(at + 1)];
    }
    if (/^(?:-[uC]|--unset|--chdir)$/.test(value)) at += 1;
    else if (!/^-/.test(value) && !/^[^=/]+=/.test(value)) return null;
  }
  return null;
}

function parts(word: CommandWord | undefined): CommandWord[] {
  if (word === undefined || word.value === null) return [];
  return word.value
    .split(/[ \t]+/)
    .filter((part) => part !== "")
    .map((value) => ({ value, range: word.range }));
}

function setVariables(words: readonly CommandWord[], variables: Map<string, string | null>): void {
  words.forEach((word, index) => {
    const value = word.value ?? "";
    const equals = value.indexOf("=");
    if (/^(?:-u|--unset)$/.test(words[index - 1]?.value ?? "")) variables.set(value, null);
    else if (!value.startsWith("-") && equals > 0) {
      variables.set(value.slice(0, equals), value.slice(equals + 1));
    }
  });
}
