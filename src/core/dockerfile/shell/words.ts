import type {
  BraceExpansionPart,
  DoubleQuotedChild,
  LiteralPart,
  ParsedScript,
  ProcessSubstitutionPart,
  Word,
  WordPart,
} from "unbash";
import { parameterValue } from "./parameters.ts";
import type { ShellLookup, Variable } from "./state.ts";

/** Most words that one word's braces may make. */
const MAX_ALTERNATIVES = 256;

/** A stretch of a word: its value, and whether blanks in it separate words. */
interface Atom {
  /** `null` when it can't be told. */
  readonly text: string | null;
  readonly splits: boolean;
  readonly quoted: boolean;
}

/** Characters that mean themselves in every place, as in most words. */
const ONLY_ITSELF = /^[\w./:=,+@%-]+$/;

/** Whether a word is what it says, without a look at its parts, which unbash works out when it is asked. */
export function isOnlyItself({ text }: Word): boolean {
  return ONLY_ITSELF.test(text);
}

/** The words that the shell makes of one: braces, then variables, then splitting at blanks. */
export function wordFields(word: Word, lookup: ShellLookup): (string | null)[] {
  if (isOnlyItself(word)) return [word.text];
  if (word.parts === undefined) return fieldsOf([plainWord(word, lookup)]);
  const alternatives = braceAlternatives(word, lookup);
  if (alternatives === null) return [null];
  return alternatives.flatMap((atoms) => fieldsOf(atoms));
}

/** The value of a word where the shell does not split it, e.g. of an assignment; `null` when it can't be told. */
export function wordValue(word: Word, lookup: ShellLookup): string | null {
  return joined(atomsOf(word, lookup));
}

function joined(atoms: readonly Atom[]): string | null {
  let text = "";
  for (const atom of atoms) {
    if (atom.text === null) return null;
    text += atom.text;
  }
  return text;
}

function fieldsOf(atoms: readonly Atom[]): (string | null)[] {
  const only = atoms.length === 1 ? atoms[0] : undefined;
  if (only?.splits === false) return only.text === "" && !only.quoted ? [] : [only.text];
  const fields: (string | null)[] = [];
  let current: string | null | undefined;
  for (const atom of atoms) {
    if (atom.text === null) {
      current = null;
      continue;
    }
    if (!atom.splits) {
      if (atom.text !== "" || atom.quoted) current = current === null ? null : (current ?? "") + atom.text;
      continue;
    }
    for (const [index, piece] of atom.text.split(/[ \t\n]+/).entries()) {
      if (index > 0 && current !== undefined) {
        fields.push(current);
        current = undefined;
      }
      if (piece !== "") current = current === null ? null : (current ?? "") + piece;
    }
  }
  if (current !== undefined) fields.push(current);
  return fields;
}

function atomsOf(word: Word, lookup: ShellLookup): Atom[] {
  if (word.parts === undefined) return [plainWord(word, lookup)];
  return word.parts.flatMap((part, index) => partAtoms(part, lookup, index === 0));
}

function plainWord(word: Word, lookup: ShellLookup): Atom {
  if (word.text.startsWith("~")) return { text: withHome(word.value, lookup), splits: false, quoted: false };
  return { text: word.value, splits: false, quoted: word.text !== word.value };
}

function withHome(value: string, lookup: ShellLookup): string {
  const home = /^~(?=\/|$)/.test(value) ? lookup("HOME") : null;
  return home === null || home === undefined ? value : home + value.slice(1);
}

function partAtoms(part: WordPart | DoubleQuotedChild, lookup: ShellLookup, first: boolean): Atom[] {
  switch (part.type) {
    case "Literal": {
      const text = first && part.text.startsWith("~") ? withHome(part.value, lookup) : part.value;
      return [{ text, splits: false, quoted: part.text !== part.value }];
    }
    case "SingleQuoted":
    case "AnsiCQuoted":
      return [{ text: part.value, splits: false, quoted: true }];
    case "Glob":
    case "ExtendedGlob":
    case "BraceExpansion":
      return [{ text: /[$`]/.test(part.text) ? null : part.text, splits: false, quoted: false }];
    case "DoubleQuoted":
    case "LocaleString": {
      const inner = part.parts.flatMap((child) => partAtoms(child, lookup, false));
      return [{ text: joined(inner), splits: false, quoted: true }];
    }
    default:
      return [{ text: told(expansionValue(part, lookup)), splits: true, quoted: false }];
  }
}

function expansionValue(part: WordPart | DoubleQuotedChild, lookup: ShellLookup): Variable {
  if (part.type === "SimpleExpansion") return lookup(part.text.slice(1));
  if (part.type === "ParameterExpansion") {
    return parameterValue(part, lookup, (word) => wordValue(word, lookup));
  }
  return null;
}

/** An unset variable is empty. */
function told(value: Variable): string | null {
  return value === undefined ? "" : value;
}

/** `/opt/{a,b}/{1..3}`: every combination; `null` when there are too many. */
function braceAlternatives(word: Word, lookup: ShellLookup): Atom[][] | null {
  if (word.parts?.some((part) => part.type === "BraceExpansion") !== true) return [atomsOf(word, lookup)];
  let alternatives: Atom[][] = [[]];
  for (const [index, part] of word.parts.entries()) {
    const choices =
      part.type === "BraceExpansion" ? braceChoices(part, lookup) : [partAtoms(part, lookup, index === 0)];
    if (alternatives.length * choices.length > MAX_ALTERNATIVES) return null;
    alternatives = alternatives.flatMap((before) => choices.map((choice) => [...before, ...choice]));
  }
  return alternatives;
}

function braceChoices(part: BraceExpansionPart, lookup: ShellLookup): Atom[][] {
  const sequence = /^\{(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?\}$/.exec(part.text);
  if (sequence !== null) {
    const items = sequenceItems(sequence[1] ?? "", sequence[2] ?? "", Number(sequence[3] ?? 1));
    return items.map((text) => [{ text, splits: false, quoted: false }]);
  }
  const inside =
    part.parts === undefined
      ? literalTokens(part.text.slice(1, -1))
      : part.parts.flatMap((child, index) =>
          child.type === "Literal" ? literalTokens(rawLiteral(child)) : partAtoms(child, lookup, index === 0),
        );
  return new BraceReader(inside).list(true);
}

function rawLiteral(part: LiteralPart): string {
  return part.text;
}

function sequenceItems(from: string, to: string, step: number): string[] {
  const numeric = /\d/.test(from) && /\d/.test(to);
  const code = (text: string): number => (numeric ? Number(text) : text.charCodeAt(0));
  const width = numeric && /^-?0\d/.test(from) ? from.length : 0;
  const [first, last] = [code(from), code(to)];
  const stride = Math.max(1, Math.abs(step));
  const items: string[] = [];
  for (let index = 0; index <= Math.abs(last - first) && items.length <= MAX_ALTERNATIVES; index += stride) {
    const value = first + (last >= first ? index : -index);
    items.push(numeric ? String(value).padStart(width, "0") : String.fromCharCode(value));
  }
  return items;
}

/** The characters of unquoted text, those behind a backslash as quoted. */
function literalTokens(text: string): Atom[] {
  return [...text.matchAll(/\\([\s\S])|[\s\S]/g)].map((match) => ({
    text: match[1] ?? match[0],
    splits: false,
    quoted: match[1] !== undefined,
  }));
}

/** Reads `a,{b,c}d` as the alternatives that it stands for. */
class BraceReader {
  private at = 0;
  private made = 0;
  private readonly tokens: readonly Atom[];

  constructor(tokens: readonly Atom[]) {
    this.tokens = tokens;
  }

  /** Up to a closing brace, or to the end at the outermost level. */
  list(outermost: boolean): Atom[][] {
    const all: Atom[][] = [];
    let current: Atom[][] = [[]];
    while (this.at < this.tokens.length) {
      const token = this.tokens[this.at];
      this.at += 1;
      if (token === undefined) break;
      const plain = token.quoted || token.splits ? "" : token.text;
      if (plain === ",") {
        all.push(...current);
        current = [[]];
      } else if (plain === "}" && !outermost) break;
      else {
        const choices = plain === "{" ? this.list(false) : [[token]];
        this.made += current.length * choices.length;
        if (this.made > MAX_ALTERNATIVES * 64) return all;
        current = current.flatMap((before) => choices.map((choice) => [...before, ...choice]));
      }
    }
    return [...all, ...current];
  }
}

/** A command or process substitution with the script in it. */
export interface Substitution {
  readonly script: ParsedScript;
  /** Offsets of the text between backticks, whose positions are those of the unescaped text. */
  readonly backticks: { readonly start: number; readonly end: number } | null;
}

/** The substitutions in a word, outermost only, in order. */
export function substitutions(parts: readonly (WordPart | DoubleQuotedChild)[] | undefined): Substitution[] {
  if (parts === undefined) return [];
  return parts.flatMap((part): Substitution[] => {
    switch (part.type) {
      case "CommandExpansion":
      case "ProcessSubstitution":
        return substitution(part);
      case "DoubleQuoted":
      case "LocaleString":
        return substitutions(part.parts);
      case "ParameterExpansion":
        return part.operation?.type === "Default" ? substitutions(part.operation.operand.parts) : [];
      case "BraceExpansion":
        return substitutions(part.parts);
      default:
        return [];
    }
  });
}

function substitution(
  part: Extract<WordPart, { type: "CommandExpansion" }> | ProcessSubstitutionPart,
): Substitution[] {
  if (part.script === undefined) return [];
  const decoded = part.script.source !== undefined;
  return [{ script: part.script, backticks: decoded ? { start: part.pos + 1, end: part.end - 1 } : null }];
}
