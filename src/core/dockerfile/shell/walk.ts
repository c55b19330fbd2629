import type {
  Assignment,
  Command,
  CommandNode,
  CompoundCommand,
  CompoundList,
  PipelineNode,
  Redirection,
  Script,
  Statement,
  Word,
} from "unbash";
import { parse } from "unbash";
import { absolutePath } from "../../paths.ts";
import type { SourceText } from "../../text.ts";
import { rangeAt, sliceSource } from "../../text.ts";
import type { Instruction, Problem, ShellCommand, ShellRedirect, ShellWord, Value } from "../model.ts";
import { expandBraces, type ShellLookup, substitutions, wordValue } from "./words.ts";

/** What is in force when the shell begins. */
export interface ShellStart {
  readonly instruction: Instruction;
  readonly stage: number;
  readonly workingDir: Value<string>;
  /** ENV and ARG. */
  readonly lookup: ShellLookup;
}

export interface ShellResult {
  readonly commands: readonly ShellCommand[];
  readonly problems: readonly Problem[];
}

/** Shells whose `-c` argument, here-document or standard input is again shell. */
const SHELLS = /^(?:ba|da|a|z|k)?sh$/;

/** How deep scripts may nest in `sh -c`, `eval` and substitutions. */
const MAX_DEPTH = 8;

/** How many rounds of a loop over literal words are followed. */
const MAX_ROUNDS = 64;

/** The simple commands of a piece of shell, in the order in which the shell reaches them. */
export function shellCommands(source: SourceText, start: ShellStart): ShellResult {
  const walk = new Walk(start);
  walk.script(source, { conditional: false, depth: 0 });
  return { commands: walk.commands, problems: walk.problems };
}

interface Scope {
  readonly conditional: boolean;
  readonly depth: number;
}

class Walk {
  readonly commands: ShellCommand[] = [];
  readonly problems: Problem[] = [];
  private readonly start: ShellStart;
  private variables = new Map<string, string | null>();
  private workingDir: Value<string>;
  private source: SourceText = { text: "", pieces: [] };

  constructor(start: ShellStart) {
    this.start = start;
    this.workingDir = start.workingDir;
  }

  script(source: SourceText, scope: Scope): void {
    if (scope.depth > MAX_DEPTH) return;
    const outer = this.source;
    this.source = source;
    const script = parse(source.text);
    const error = script.errors?.[0];
    if (error !== undefined) {
      const at = Math.min(error.pos, Math.max(0, source.text.length - 1));
      this.problems.push({
        range: rangeAt(source, at, Math.min(at + 1, source.text.length)),
        message: `this shell could not be understood: ${error.message}`,
      });
    }
    this.list(script, scope);
    this.source = outer;
  }

  private list(list: Script | CompoundList, scope: Scope): void {
    for (const statement of list.commands) this.statement(statement, scope);
  }

  private statement(statement: Statement, scope: Scope): void {
    const node = statement.command;
    if (node.type !== "AndOr") {
      this.pipeline(node, scope);
      return;
    }
    node.commands.forEach((command, index) => {
      const afterOr = node.operators.slice(0, index).includes("||");
      this.pipeline(command, afterOr ? { ...scope, conditional: true } : scope);
    });
  }

  private pipeline(node: PipelineNode, scope: Scope): void {
    if (node.type !== "Pipeline") {
      this.command(node, scope);
      return;
    }
    for (const command of node.commands) {
      if (node.commands.length > 1) this.apart(() => this.command(command, scope));
      else this.command(command, scope);
    }
  }

  /** Runs `body` as a subshell: what it changes about variables and folder ends with it. */
  private apart(body: () => void): void {
    const { variables, workingDir } = this;
    this.variables = new Map(variables);
    body();
    this.variables = variables;
    this.workingDir = workingDir;
  }

  private command(node: CommandNode, scope: Scope): void {
    if (node.type === "Command") this.simple(node, scope);
    else if (node.type === "Redirected") this.compound(node.command, scope);
    else if (node.type === "Function") this.body(node.body, { ...scope, conditional: true });
    else if (node.type === "Coproc") this.body(node.body, scope);
    else this.compound(node, scope);
  }

  private body(node: Command | CompoundCommand | CompoundList | CommandNode, scope: Scope): void {
    if (node.type === "CompoundList") this.list(node, scope);
    else this.command(node, scope);
  }

  private compound(node: CompoundCommand, scope: Scope): void {
    const maybe = { ...scope, conditional: true };
    switch (node.type) {
      case "If":
        this.list(node.clause, scope);
        this.list(node.then, maybe);
        for (const branch of node.elif) {
          this.list(branch.clause, maybe);
          this.list(branch.then, maybe);
        }
        if (node.else !== undefined) this.list(node.else, maybe);
        return;
      case "For":
      case "Select":
        this.loop(node.name.text, node.wordlist, node.body, scope);
        return;
      case "While":
        this.list(node.clause, scope);
        this.list(node.body, maybe);
        return;
      case "ArithmeticFor":
        this.list(node.body, maybe);
        return;
      case "Case":
        for (const item of node.items) this.list(item.body, maybe);
        return;
      case "Subshell":
        this.apart(() => this.list(node.body, scope));
        return;
      case "BraceGroup":
        this.list(node.body, scope);
        return;
    }
  }

  private loop(name: string, words: readonly Word[] | undefined, body: CompoundList, scope: Scope): void {
    const values = words?.flatMap((word) => {
      const value = wordValue(word, this.lookup);
      if (value === null || /[*?[]/.test(value)) return [null];
      return expandBraces(value).flatMap((item) => (word.parts === undefined ? [item] : item.split(/\s+/)));
    });
    if (values === undefined || values.length > MAX_ROUNDS) {
      this.variables.set(name, null);
      this.list(body, { ...scope, conditional: true });
      return;
    }
    for (const value of values) {
      this.variables.set(name, value);
      this.list(body, value === null ? { ...scope, conditional: true } : scope);
    }
  }

  private simple(node: Command, scope: Scope): void {
    const assignments = [...node.prefix, ...node.suffix].filter(
      (item): item is Assignment => item.type === "Assignment",
    );
    const words = [node.name, ...node.suffix].filter((item): item is Word => item?.type === "Word");
    this.inner([...words, ...assignments.flatMap(assignedWords)], scope);
    const values = assignments.map((item) => ({
      name: item.name,
      value: item.value.type === "Word" && item.append !== true ? wordValue(item.value, this.lookup) : null,
    }));
    const argv = words.flatMap((word) => this.shellWords(word));
    const name = argv[0]?.value ?? null;
    if (
      argv.length === 0 ||
      name === "export" ||
      name === "declare" ||
      name === "local" ||
      name === "readonly"
    ) {
      for (const { name: variable, value } of values) this.variables.set(variable, value);
    }
    if (name === "read")
      for (const word of argv.slice(1)) if (word.value !== null) this.variables.set(word.value, null);
    if (argv.length === 0 && node.redirects.length === 0) return;
    const command: ShellCommand = {
      instruction: this.start.instruction,
      stage: this.start.stage,
      range: rangeAt(this.source, node.pos, node.end),
      argv,
      assignments: values,
      redirects: node.redirects.map((redirect) => this.redirect(redirect)),
      workingDir: this.workingDir,
      conditional: scope.conditional,
    };
    this.commands.push(command);
    if (name === "cd" || name === "pushd") this.changeDirectory(argv[1]?.value);
    this.nested(argv, words, node, scope);
  }

  private inner(words: readonly Word[], scope: Scope): void {
    for (const word of words) {
      for (const script of substitutions(word)) {
        if (script.source === undefined) this.apart(() => this.list(script, scope));
      }
    }
  }

  private shellWords(word: Word): ShellWord[] {
    const range = rangeAt(this.source, word.pos, word.end);
    const value = wordValue(word, this.lookup);
    if (value === null) return [{ value, raw: word.text, range }];
    const braces = word.parts?.some((part) => part.type === "BraceExpansion") === true;
    const split = word.parts?.every(
      (part) => part.type === "SimpleExpansion" || part.type === "ParameterExpansion",
    );
    const values = braces
      ? expandBraces(value)
      : split === true
        ? value.split(/\s+/).filter(Boolean)
        : [value];
    return values.map((item) => ({ value: item, raw: word.text, range }));
  }

  private redirect(redirect: Redirection): ShellRedirect {
    const target = redirect.type === "HereDoc" ? undefined : redirect.target;
    return {
      operator: redirect.operator,
      target: target === undefined ? null : (this.shellWords(target)[0] ?? null),
    };
  }

  private changeDirectory(path: string | null | undefined): void {
    if (path === undefined || path === null || path === "-" || path.startsWith("~")) {
      this.workingDir = { known: false, why: "the folder that `cd` changes to is not known" };
    } else if (path.startsWith("/")) {
      this.workingDir = { known: true, value: absolutePath("/", path) };
    } else if (this.workingDir.known) {
      this.workingDir = { known: true, value: absolutePath(this.workingDir.value, path) };
    }
  }

  /** `sh -c '...'`, `eval "..."`, `bash <<EOF`: shell inside shell. */
  private nested(argv: readonly ShellWord[], words: readonly Word[], node: Command, scope: Scope): void {
    const at = commandIndex(argv);
    const name = argv[at]?.value?.split("/").at(-1) ?? "";
    const deeper = { ...scope, depth: scope.depth + 1 };
    if (SHELLS.test(name)) {
      const flag = argv.findIndex((word, index) => index > at && /^-[a-z]*c$/.test(word.value ?? ""));
      const body = flag === -1 ? undefined : words[flag + 1];
      if (body !== undefined) this.apart(() => this.wordAsScript(body, deeper));
      else {
        for (const redirect of node.redirects) {
          if (redirect.type === "HereDoc") {
            const source = sliceSource(this.source, redirect.body.pos, redirect.body.end);
            this.apart(() => this.script(source, deeper));
          }
        }
      }
    } else if (name === "eval" && words.length === at + 2) {
      const body = words[at + 1];
      if (body !== undefined) this.wordAsScript(body, deeper);
    }
  }

  /** Reads a quoted word as shell, with its positions. */
  private wordAsScript(word: Word, scope: Scope): void {
    const part = word.parts?.length === 1 ? word.parts[0] : undefined;
    if (part?.type === "SingleQuoted") {
      this.script(sliceSource(this.source, part.pos + 1, part.end - 1), scope);
    } else if (part?.type === "DoubleQuoted") {
      const inside = sliceSource(this.source, part.pos + 1, part.end - 1);
      if (!inside.text.includes("\\")) this.script(inside, scope);
    } else if (word.parts === undefined) {
      const quoted = /^["']/.test(word.text) ? 1 : 0;
      this.script(sliceSource(this.source, word.pos + quoted, word.end - quoted), scope);
    }
  }

  private readonly lookup: ShellLookup = (name) => {
    const own = this.variables.get(name);
    return own !== undefined ? own : this.start.lookup(name);
  };
}

function assignedWords(assignment: Assignment): readonly Word[] {
  return assignment.value.type === "Word" ? [assignment.value] : assignment.value.elements;
}

const PREFIXES = new Set([
  "sudo",
  "exec",
  "time",
  "nice",
  "nohup",
  "command",
  "builtin",
  "env",
  "doas",
  "ionice",
]);
const PREFIX_VALUES = new Set(["-u", "-g", "-n", "-C", "-E"]);

/** Where the command proper begins: behind `sudo -E`, `env A=b`, `time`, ... */
export function commandIndex(argv: readonly ShellWord[]): number {
  let at = 0;
  while (at < argv.length) {
    const word = argv[at]?.value ?? "";
    if (!PREFIXES.has(word.split("/").at(-1) ?? "")) return at;
    const isSudo = word === "sudo" || word === "nice" || word === "env";
    at += 1;
    while (at < argv.length) {
      const next = argv[at]?.value ?? "";
      if (/^[A-Za-z_]\w*=/.test(next)) at += 1;
      else if (next.startsWith("-")) at += isSudo && PREFIX_VALUES.has(next) && next !== "-E" ? 2 : 1;
      else break;
    }
  }
  return at;
}
