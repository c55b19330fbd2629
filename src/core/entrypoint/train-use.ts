import { baseName } from "../paths.ts";
import { pythonCall } from "./python-call.ts";
import { shellCall } from "./shell-call.ts";
import { type CommandWord, unwrapped } from "./wrappers.ts";

/** What an ENTRYPOINT makes of SageMaker's argument `train`, where it is not just passed to a program of one's own. */
export type TrainUse =
  /** An interpreter runs the file `train` of the working folder. */
  | { readonly kind: "file"; readonly program: string; readonly shell: boolean }
  /** Python runs the module `train`. */
  | { readonly kind: "module"; readonly program: string }
  /** Python runs `train` as code. */
  | { readonly kind: "code"; readonly program: string }
  /** A shell, or a wrapper such as env, runs the command `train`. */
  | { readonly kind: "command"; readonly program: string }
  /** A line behind `-c` gets it as `$0` or an argument that it does not look at. */
  | { readonly kind: "lost"; readonly program: string };

/** Programs that run the file in their first argument. */
const INTERPRETERS = /^(?:Rscript|perl|ruby|node|julia|php|lua|torchrun|deepspeed|octave)$/;

/** What becomes of `train`, the last word; `null` where a program of one's own gets it, or where that can't be told. */
export function trainUse(argv: readonly CommandWord[]): TrainUse | null {
  const { wrappers, words } = unwrapped(argv);
  const train = argv.at(-1);
  const program = words[0]?.value;
  if (train === undefined || program === undefined || program === null) return null;
  if (words[0] === train) {
    const wrapper = wrappers.at(-1);
    // Behind an init it is for the rules on inits to say.
    return wrapper === undefined || wrapper.kind === "init"
      ? null
      : { kind: "command", program: wrapper.name };
  }
  const name = baseName(program);
  const python = pythonCall(words);
  if (python !== null) {
    const { target } = python;
    if (target.kind === "none" || target.word !== train) return null;
    return { kind: target.kind === "command" ? "code" : target.kind, program: name } as TrainUse;
  }
  const shell = shellCall(words);
  if (shell !== null) {
    if (shell.line === train) return { kind: "command", program: name };
    if (shell.script === train) return { kind: "file", program: name, shell: true };
    const line = shell.line?.value ?? null;
    return line === null || readsArguments(line) ? null : { kind: "lost", program: name };
  }
  if (!isRunner(words) || !words.slice(1, -1).every((word, index) => isOption(word, words[index])))
    return null;
  return { kind: "file", program: name, shell: false };
}

/** Whether a line looks at any of its arguments. */
function readsArguments(line: string): boolean {
  return /\$(?:[0-9@*#]|\{[0-9@*#])|\bshift\b|\bgetopts\b/.test(line);
}

function isRunner(words: readonly CommandWord[]): boolean {
  const name = baseName(words[0]?.value ?? "");
  if (name === "java") return words.at(-2)?.value === "-jar";
  if (name === "accelerate") return words[1]?.value === "launch";
  return INTERPRETERS.test(name);
}

/** An option, or the value of one, as in `torchrun --nproc_per_node 4`. */
function isOption(word: CommandWord, before: CommandWord | undefined): boolean {
  const value = word.value ?? "";
  if (value.startsWith("-") || value === "launch") return true;
  return /^--[^=]*$/.test(before?.value ?? "");
}
