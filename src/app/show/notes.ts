import { baseName } from "../../core/paths.ts";

/** What a reader of this command line may miss; `null` where the command is not known. */
export function launchNotes(argv: readonly string[] | null): readonly string[] {
  if (argv === null) return [];
  if (argv[0] === "train") return ["There is no ENTRYPOINT, so `train` must be an executable on PATH."];
  const option = argv.findIndex((word) => /^-[a-z]*c$/.test(word));
  const isShell = /^(ba|da|a|z|k)?sh$/.test(baseName(argv[0] ?? ""));
  const behind = option < 0 ? [] : argv.slice(option + 2);
  // `sh -c LINE NAME WORDS`: the first word behind the line is the shell's own name.
  if (!isShell || behind.length !== 1 || /\$\{?0/.test(argv[option + 1] ?? "")) return [];
  return [`\`${behind[0]}\` becomes $0 of the shell, and no program gets it.`];
}
