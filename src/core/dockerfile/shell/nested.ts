import type { Command, Redirection, Word } from "unbash";
import { baseName } from "../../paths.ts";
import type { SourceText } from "../../text.ts";
import type { ShellWord } from "../model.ts";
import { commandIndex } from "./prefixes.ts";
import { concat, slice, unescaped } from "./source.ts";

/** Shells whose `-c` argument, here-document or standard input is again shell. */
const SHELLS = /^(?:ba|da|a|z|k|mk)?sh$/;

/** A word after expansion with the word of the syntax tree that it comes from. */
export interface TracedWord extends ShellWord {
  readonly syntax: Word | null;
}

/** Shell inside shell, and whether it runs in a shell of its own. */
export interface NestedScript {
  readonly source: SourceText;
  readonly apart: boolean;
}

/** The scripts that a command hands to a shell: `sh -c '...'`, `eval "..."`, `su -c`, `bash <<EOF`. */
export function nestedScripts(
  argv: readonly TracedWord[],
  node: Command,
  source: SourceText,
): NestedScript[] {
  const at = commandIndex(argv);
  const name = baseName(argv[at]?.value ?? "");
  if (SHELLS.test(name)) {
    const word = optionBody(argv, at, /^-[a-zA-Z]*c$/, true);
    const body =
      word === undefined ? heredocOf(node.redirects, argv.slice(at + 1), source) : scriptOf(word, source);
    return body === null ? [] : [{ source: body, apart: true }];
  }
  if (name === "eval") {
    const words = argv.slice(at + 1).map((word) => scriptOf(word, source));
    const parts = words.filter((word): word is SourceText => word !== null);
    if (parts.length === 0 || parts.length !== words.length) return [];
    return [{ source: joinedByBlanks(parts), apart: false }];
  }
  if (name === "su" || name === "runuser") {
    const body = optionBody(argv, at, /^(?:-c|--command|--session-command)$/, false);
    const script = body === undefined ? null : scriptOf(body, source);
    return script === null ? [] : [{ source: script, apart: true }];
  }
  if (name === "scl" && argv[at + 1]?.value === "enable") {
    const last = argv.at(-1);
    const script = last === undefined || !(last.value ?? "").includes(" ") ? null : scriptOf(last, source);
    return script === null ? [] : [{ source: script, apart: true }];
  }
  return [];
}

/** The words of `find ... -exec COMMAND ;`, one list for each. */
export function findCommands(argv: readonly ShellWord[]): ShellWord[][] {
  const at = commandIndex(argv);
  if (baseName(argv[at]?.value ?? "") !== "find") return [];
  const commands: ShellWord[][] = [];
  for (let index = at + 1; index < argv.length; index += 1) {
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(argv[index]?.value ?? "")) continue;
    const end = argv.findIndex((word, position) => position > index && /^[;+]$/.test(word.value ?? ""));
    const words = argv.slice(index + 1, end === -1 ? undefined : end);
    if (words.length > 0) commands.push(words);
    if (end === -1) break;
    index = end;
  }
  return commands;
}

/** The word behind `option`; `optionsFirst` when the first word that is no option ends the search. */
function optionBody(
  words: readonly TracedWord[],
  from: number,
  option: RegExp,
  optionsFirst: boolean,
): TracedWord | undefined {
  for (let index = from + 1; index < words.length; index += 1) {
    const value = words[index]?.value ?? "";
    if (option.test(value)) return words[index + 1];
    if (/^[-+][a-zA-Z]*[oO]$/.test(value)) index += 1;
    else if (optionsFirst && !/^[-+]/.test(value)) return undefined;
  }
  return undefined;
}

/** The here-document that a shell without a script of its own reads. */
function heredocOf(
  redirects: readonly Redirection[],
  words: readonly ShellWord[],
  source: SourceText,
): SourceText | null {
  const operand = words.find((word, index) => {
    const value = word.value ?? "?";
    return (
      !/^[-+]/.test(value) && value !== "/dev/stdin" && !/^[-+]\w*o$/.test(words[index - 1]?.value ?? "")
    );
  });
  const reads = operand === undefined || words.some((word) => /^-[a-zA-Z]*s$/.test(word.value ?? ""));
  const heredoc = reads ? redirects.findLast((redirect) => redirect.type === "HereDoc") : undefined;
  return heredoc === undefined ? null : slice(source, heredoc.body.pos, heredoc.body.end);
}

function joinedByBlanks(parts: readonly SourceText[]): SourceText {
  return concat(
    parts.flatMap((part, index) => {
      const end = part.pieces[0]?.position ?? { line: 1, column: 1 };
      return index === 0 ? [part] : [{ text: " ", pieces: [{ offset: 0, position: end }] }, part];
    }),
  );
}

/** A quoted word as the script that another shell gets to read; `null` when its text does not stand in the file. */
function scriptOf(word: TracedWord, source: SourceText): SourceText | null {
  const syntax = word.syntax;
  if (syntax === null) return null;
  if (syntax.parts === undefined) return unescaped(source, syntax.pos, syntax.end, /[\s\S]/);
  const texts: SourceText[] = [];
  for (const part of syntax.parts) {
    switch (part.type) {
      case "Literal":
        texts.push(unescaped(source, part.pos, part.end, /[\s\S]/));
        break;
      case "SingleQuoted":
        texts.push(slice(source, part.pos + 1, part.end - 1));
        break;
      case "AnsiCQuoted":
        if (part.value !== source.text.slice(part.pos + 2, part.end - 1)) return null;
        texts.push(slice(source, part.pos + 2, part.end - 1));
        break;
      case "DoubleQuoted":
        for (const child of part.parts) {
          texts.push(
            child.type === "Literal"
              ? unescaped(source, child.pos, child.end, /["$`\\]/)
              : slice(source, child.pos, child.end),
          );
        }
        break;
      default:
        texts.push(slice(source, part.pos, part.end));
    }
  }
  return concat(texts);
}
