import { baseName } from "../../paths.ts";
import type { Piece, SourceText } from "../../text.ts";
import type { ShellCommand, ShellWord } from "../model.ts";
import { commandIndex } from "../shell/prefixes.ts";

/** Longest text that `echo` and `printf` are followed for, in UTF-16 code units. */
const MAX_TEXT = 16_384;

/** What a command writes to its standard output, where its words alone tell: `echo`, `printf`, `cat <<EOF`. */
export function writtenText(command: ShellCommand): SourceText | null {
  const argv = command.argv.slice(commandIndex(command.argv));
  switch (baseName(argv[0]?.value ?? "")) {
    case "cat":
    case "tee": {
      const heredocs = command.redirects.filter((redirect) => redirect.operator.startsWith("<"));
      const reads = argv.slice(1).some((word) => !/^-/.test(word.value ?? "?")) && argv[0]?.value === "cat";
      return heredocs.length === 1 && !reads ? (heredocs[0]?.body ?? null) : null;
    }
    case "echo":
      return echoed(argv.slice(1));
    case "printf":
      return printed(argv.slice(1));
    default:
      return null;
  }
}

function echoed(argv: readonly ShellWord[]): SourceText | null {
  let at = 0;
  let newline = true;
  let escapes = false;
  for (; /^-[neE]+$/.test(argv[at]?.value ?? ""); at += 1) {
    const option = argv[at]?.value ?? "";
    if (option.includes("n")) newline = false;
    if (option.includes("e")) escapes = true;
  }
  const words = argv.slice(at);
  const text = words.map((word) => word.value);
  if (text.includes(null)) return null;
  const line = text.join(" ");
  // dash and busybox decode escapes without -e, bash does not: only text without them is the same in all.
  if (line.includes("\\") && !escapes) return null;
  return standing(`${escapes ? decoded(line) : line}${newline ? "\n" : ""}`, words);
}

/** `printf FORMAT [WORD...]` with at most `%s`; the format is used again while words are left. */
function printed(words: readonly ShellWord[]): SourceText | null {
  const values = words.map((word) => word.value);
  const format = values[0];
  if (format === undefined || values.includes(null) || format === null) return null;
  const places = format.split(/%s|%%/).length - 1;
  if (/%(?![s%])/.test(format) || format.length * Math.max(1, values.length) > MAX_TEXT) return null;
  const rest = values.slice(1).map((value) => value ?? "");
  let text = "";
  do {
    text += decoded(format).replace(/%s|%%/g, (token) => (token === "%%" ? "%" : (rest.shift() ?? "")));
  } while (rest.length > 0 && places > 0);
  return standing(text, words);
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  '"': '"',
  "'": "'",
  a: "\u0007",
};

function decoded(text: string): string {
  return text.replace(/\\([ntr\\"'a])/g, (whole, letter: string) => ESCAPES[letter] ?? whole);
}

/** Text that is made from words: every line is told as standing where the words begin. */
function standing(text: string, words: readonly ShellWord[]): SourceText | null {
  const position = words[0]?.range.start;
  if (position === undefined || text.length > MAX_TEXT) return null;
  const pieces: Piece[] = [];
  for (let offset = 0; offset === 0 || offset < text.length; offset += 1) pieces.push({ offset, position });
  return { text, pieces };
}
