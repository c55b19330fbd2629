import type { Assignment, Command, DoubleQuotedChild, HereDoc, Word, WordPart } from "unbash";
import type { SourceText } from "../../text.ts";
import type { ShellTemplate } from "../model.ts";
import type { TracedWord } from "./nested.ts";
import { parameterValue } from "./parameters.ts";
import type { ShellLookup } from "./state.ts";
import { type TemplateSource, templateOfHeredoc, templateOfWord } from "./template.ts";
import { wordValue } from "./words.ts";

type Part = WordPart | DoubleQuotedChild;

/** The words of an array, and whether there may be others. */
interface ArrayWords {
  readonly words: readonly TracedWord[];
  readonly partial: boolean;
}

/** What the variables and arrays of a script hold, with the places of the text; kept beside their plain values. */
export class Templates {
  private readonly variables = new Map<string, ShellTemplate | null>();
  private readonly arrays = new Map<string, ArrayWords>();
  private readonly lookup: ShellLookup;

  constructor(lookup: ShellLookup) {
    this.lookup = lookup;
  }

  word(word: Word, source: SourceText): ShellTemplate {
    return templateOfWord(word, source, this.from(source));
  }

  heredoc(heredoc: HereDoc, source: SourceText): ShellTemplate {
    return templateOfHeredoc(heredoc, source, this.from(source));
  }

  /** `NAME=word`; what only some ways through the script assign is not known afterwards. */
  assign(item: Assignment, source: SourceText, conditional: boolean): void {
    const known = item.value.type === "Word" && item.append !== true && item.index === undefined;
    this.set(item.name, known && !conditional ? this.word(item.value as Word, source) : null);
  }

  set(name: string, template: ShellTemplate | null): void {
    this.variables.set(name, template);
  }

  /** `NAME=(word ...)` and `NAME+=(word ...)`. */
  assignArray(item: Assignment, words: readonly TracedWord[], conditional: boolean): void {
    const before = item.append === true ? this.arrays.get(item.name) : undefined;
    const kept = conditional && item.append !== true ? [] : (before?.words ?? []);
    this.arrays.set(item.name, {
      words: conditional ? kept : [...kept, ...words],
      partial: conditional || before?.partial === true || (item.append === true && before === undefined),
    });
  }

  /** The words that `"${NAME[@]}"` stands for; `null` for another word, or an array that is not known. */
  arrayOf(word: Word): ArrayWords | null {
    const name = /^"?\$\{([A-Za-z_]\w*)\[[@*]\]\}"?$/.exec(word.text)?.[1];
    return name === undefined ? null : (this.arrays.get(name) ?? null);
  }

  private from(source: SourceText): TemplateSource {
    return {
      expand: (part) => this.expand(part, source),
      fileOf: (part) => this.fileOf(part, source),
    };
  }

  private expand(part: Part, source: SourceText): ShellTemplate | string | null {
    switch (part.type) {
      case "SimpleExpansion":
        return this.variable(part.text.slice(1));
      case "ParameterExpansion": {
        const bare = part.operation === undefined && part.index === undefined && part.prefix === undefined;
        if (bare) return this.variable(part.parameter);
        const value = parameterValue(part, this.lookup, (word) => wordValue(word, this.lookup));
        return value === undefined ? "" : value;
      }
      case "CommandExpansion": {
        const command = onlyCommand(part);
        const [heredoc, second] = command?.redirects ?? [];
        if (command === null || heredoc?.type !== "HereDoc" || second !== undefined) return null;
        return command.name?.value === "cat" && argumentsOf(command).length === 0
          ? this.heredoc(heredoc, source)
          : null;
      }
      default:
        return null;
    }
  }

  private variable(name: string): ShellTemplate | string | null {
    const value = this.lookup(name);
    const template = this.variables.get(name);
    if (template !== undefined && template !== null) {
      if (value === null || value === template.source.text) return template;
    }
    return value === undefined ? "" : value;
  }

  /** `$(cat FILE)` and `$(<FILE)`. */
  private fileOf(part: Part, source: SourceText): ShellTemplate | null {
    const command = part.type === "CommandExpansion" ? onlyCommand(part) : null;
    if (command === null) return null;
    const [redirect, second] = command.redirects;
    const [file, another] = argumentsOf(command);
    if (redirect === undefined && command.name?.value === "cat") {
      return file !== undefined && another === undefined ? this.word(file, source) : null;
    }
    if (redirect?.type !== "Redirect" || redirect.operator !== "<" || second !== undefined) return null;
    const reads = command.name === undefined || (command.name.value === "cat" && file === undefined);
    return reads && redirect.target !== undefined ? this.word(redirect.target, source) : null;
  }
}

function argumentsOf({ suffix }: Command): Word[] {
  return suffix.filter((item): item is Word => item.type === "Word");
}

/** The one simple command of a substitution, where it has no more than that and its places are the script's own. */
function onlyCommand(part: Extract<Part, { type: "CommandExpansion" }>): Command | null {
  const { script } = part;
  if (script === undefined || part.text.startsWith("`")) return null;
  const [statement, second] = script.commands;
  if (statement === undefined || second !== undefined) return null;
  return statement.command.type === "Command" ? statement.command : null;
}
