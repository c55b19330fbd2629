import { baseName } from "../paths.ts";
import { type InitName, initByName } from "./init.ts";
import { type CommandWord, unwrapped } from "./wrappers.ts";

/** What an init makes of options that stand behind the program. Measured: tini 0.19, catatonit 0.1.7. */
export type Eaten =
  /** It does not know the option and ends with exit code 1. */
  | { readonly effect: "fails"; readonly option: string }
  /** It prints its help, licence or version and ends with exit code 0. */
  | { readonly effect: "completes"; readonly option: string }
  /** tini's `-e CODE`: an exit code of the program is turned into 0. */
  | { readonly effect: "masks"; readonly option: string; readonly code: string }
  /** It takes the options, and the program does not see them. */
  | { readonly effect: "lost"; readonly option: string };

/** An init as it is started. */
export interface InitCall {
  readonly init: InitName;
  /** The word that names it. */
  readonly word: CommandWord;
  /** Whether `--` stands between its own options and the program. */
  readonly separator: boolean;
  /** The program and its arguments, `train` the last of them; empty when there is none. */
  readonly program: readonly CommandWord[];
  /** What a getopt that permutes (glibc's) takes of the program's words; `null` when it takes none. */
  readonly eaten: Eaten | null;
}

/** Reads the first init of a command line; `null` where there is none. */
export function initCall(argv: readonly CommandWord[]): InitCall | null {
  const { wrappers } = unwrapped(argv);
  const wrapper = wrappers.find(({ kind }) => kind === "init");
  const word = wrapper?.words[0] ?? argv[0];
  const init = initByName(word?.value ?? "");
  if (word === undefined || init === null || (wrapper === undefined && init !== "s6")) return null;
  const at = argv.indexOf(word);
  const own = wrapper?.words.length ?? 1;
  const program = argv.slice(at + own);
  const separator = wrapper?.words.at(-1)?.value === "--";
  const values = program.flatMap(({ value }) => (value === null ? [] : [value]));
  const permutes =
    (init === "tini" || init === "catatonit") && !separator && values.length === program.length;
  return { init, word, separator, program, eaten: permutes ? eatenOf(init, values.slice(1)) : null };
}

/** The first option that decides what happens; else the first that is taken. */
function eatenOf(init: "tini" | "catatonit", words: readonly string[]): Eaten | null {
  let lost: Eaten | null = null;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") break;
    if (!word.startsWith("-") || word === "-") continue;
    if (init === "catatonit" && word === "--version") return { effect: "completes", option: word };
    if (word.startsWith("--")) return { effect: "fails", option: word };
    for (let index = 1; index < word.length; index += 1) {
      const option = `-${word.charAt(index)}`;
      const attached = word.slice(index + 1);
      const effect = letterOf(init, option, attached === "" ? (words[at + 1] ?? "") : attached);
      if (effect.effect !== "lost") return effect;
      lost ??= effect;
      if (init !== "tini" || !/^-[pe]$/.test(option)) continue;
      if (attached === "") at += 1;
      break;
    }
  }
  return lost;
}

function letterOf(init: "tini" | "catatonit", option: string, value: string): Eaten {
  if (init === "catatonit") {
    if (/^-[hLV]$/.test(option)) return { effect: "completes", option };
    return { effect: /^-[gP]$/.test(option) ? "lost" : "fails", option };
  }
  if (/^-[hl]$/.test(option)) return { effect: "completes", option };
  if (option === "-e") {
    const isCode = /^\d{1,3}$/.test(value) && Number(value) <= 255;
    return isCode ? { effect: "masks", option: `-e ${value}`, code: value } : { effect: "fails", option };
  }
  return { effect: /^-[vwgsp]$/.test(option) ? "lost" : "fails", option };
}

/** How an init is called in messages: by the name that it goes by. */
export function initLabel({ init, word }: InitCall): string {
  return init === "s6" ? "s6-overlay" : baseName(word.value ?? init);
}
