import {
  type Assignment,
  type Command,
  type CommandNode,
  type CompoundCommand,
  type CompoundList,
  type ParsedScript,
  type PipelineNode,
  parse,
  type Redirection,
  type Script,
  type Statement,
  type Word,
} from "unbash";
import type { SourceText } from "../../text.ts";
import type {
  Instruction,
  Problem,
  ShellCommand,
  ShellRedirect,
  ShellTemplate,
  ShellWord,
  Value,
} from "../model.ts";
import { reducedAndOr, reducedCase, reducedIf, type WordValue } from "./conditions.ts";
import { findCommands, nestedScripts, type TracedWord } from "./nested.ts";
import { rangeOf, slice, unescaped, wholeText } from "./source.ts";
import { type ShellLookup, ShellState } from "./state.ts";
import { Templates } from "./templates.ts";
import { isOnlyItself, substitutions, wordFields, wordValue } from "./words.ts";

export type { ShellLookup } from "./state.ts";

/** What is in force when the shell begins. */
export interface ShellStart {
  readonly instruction: Instruction;
  readonly stage: number;
  readonly workingDir: Value<string>;
  /** ENV and ARG; `undefined` for what is not set, `null` for what can't be told. */
  readonly lookup: ShellLookup;
  /** Whether words and here-documents are wanted as templates too. */
  readonly templates?: boolean;
}

export interface ShellResult {
  readonly commands: readonly ShellCommand[];
  readonly problems: readonly Problem[];
}

/** A simple command and how the shell runs it; without the Dockerfile's own facts. */
export interface WalkedCommand extends Omit<ShellCommand, "instruction" | "stage"> {
  /** Ended by `&`. */
  readonly background: boolean;
  /** One of several commands of a pipeline. */
  readonly piped: boolean;
  /** In `( )`, a substitution or another shell. */
  readonly subshell: boolean;
  /** What the shell ends with, when it gets that far: nothing but `exit`, `wait` or `echo` comes after it. */
  readonly ending: boolean;
  /** A call of a function of the script, whose commands follow. */
  readonly calls: boolean;
}

/** How deep scripts may nest in `sh -c`, `eval`, functions and substitutions. */
const MAX_DEPTH = 8;

/** How many rounds of a loop over literal words are followed. */
const MAX_ROUNDS = 64;

/** How many rounds and function calls are followed in one script. */
const MAX_REPEATS = 2000;

/** The simple commands of a piece of shell, in the order in which the shell reaches them. */
export function shellCommands(source: SourceText, start: ShellStart): ShellResult {
  const { commands, problems } = walkShell(source, start.lookup, start.workingDir, null, start.templates);
  const { instruction, stage } = start;
  return {
    commands: commands.map(({ range, argv, assignments, redirects, workingDir, conditional }) => ({
      instruction,
      stage,
      range,
      argv,
      assignments,
      redirects,
      workingDir,
      conditional,
    })),
    problems,
  };
}

/** What `walkShell` makes of a script. */
export interface Walked {
  readonly commands: readonly WalkedCommand[];
  readonly problems: readonly Problem[];
  /** The commands that another piece of shell reaches at the end of the script, e.g. the action of a trap. */
  readonly follow: (text: string) => readonly WalkedCommand[];
}

/**
 * The same, with how each command is run. With `args`, the words that the script is started with, the branches
 * that its tests rule out are left out.
 */
export function walkShell(
  source: SourceText,
  lookup: ShellLookup,
  workingDir: Value<string>,
  args: readonly string[] | null = null,
  templates = false,
): Walked {
  const walk = new Walk(lookup, workingDir, args, templates);
  walk.script(source, {
    conditional: false,
    depth: 0,
    background: false,
    piped: false,
    subshell: false,
    ending: true,
  });
  return { commands: walk.commands, problems: walk.problems, follow: (text) => walk.aside(text) };
}

interface Scope {
  readonly conditional: boolean;
  readonly depth: number;
  readonly background: boolean;
  readonly piped: boolean;
  readonly subshell: boolean;
  readonly ending: boolean;
}

/** Commands that end a script without being what it is there for. */
const CLOSING = new Set(["exit", "return", "wait", "echo", "printf", "true", ":", "trap"]);

/** Commands whose failure is an answer, not a fault. */
const QUESTIONS = new Set([
  "[",
  "test",
  "command",
  "which",
  "type",
  "hash",
  "grep",
  "egrep",
  "false",
  "cmp",
  "diff",
]);

const DECLARATIONS = new Set(["export", "declare", "typeset", "local", "readonly"]);

class Walk {
  readonly commands: WalkedCommand[] = [];
  readonly problems: Problem[] = [];
  private readonly state: ShellState;
  private readonly functions = new Map<string, { body: () => void; busy: boolean }>();
  private source: SourceText = { text: "", pieces: [] };
  private scope: Scope | null = null;
  private repeats = 0;
  /** Whether tests are answered. Not in loops: what holds in the first round may not in the next. */
  private answers: boolean;
  private readonly templates: Templates | null;

  constructor(
    lookup: ShellLookup,
    workingDir: Value<string>,
    args: readonly string[] | null,
    templates: boolean,
  ) {
    this.state = new ShellState(lookup, workingDir);
    this.templates = templates ? new Templates(this.state.lookup) : null;
    this.answers = args !== null;
    if (args !== null) this.state.setArguments(args);
  }

  /** The commands of a script of its own, which changes nothing. */
  aside(text: string): WalkedCommand[] {
    const scope = { background: false, piped: false, subshell: false, ending: false };
    const from = this.commands.length;
    this.state.apart(() => this.script(wholeText(text), { ...scope, conditional: true, depth: 1 }));
    return this.commands.splice(from);
  }

  script(source: SourceText, scope: Scope): void {
    if (scope.depth > MAX_DEPTH) return;
    const script = parsed(source.text);
    const error = script.errors?.[0];
    if (error !== undefined) this.report(source, error.pos, error.message);
    this.within(source, () => this.list(script, scope));
  }

  private report(source: SourceText, position: number, message: string): void {
    if (this.problems.length > 0) return;
    const at = Math.max(0, Math.min(position, source.text.length - 1));
    const range = rangeOf(source, at, Math.min(at + 1, source.text.length));
    this.problems.push({ range, message: `this shell could not be understood: ${message}` });
  }

  private within(source: SourceText, body: () => void): void {
    const outer = this.source;
    this.source = source;
    body();
    this.source = outer;
  }

  private list(list: Script | CompoundList, scope: Scope): void {
    const last = scope.ending ? endingIndex(list.commands) : -1;
    list.commands.forEach((statement, index) => {
      this.statement(statement, { ...scope, ending: index === last });
    });
  }

  private statement(statement: Statement, scope: Scope): void {
    if (statement.background !== true) this.andOr(statement.command, scope);
    else this.state.apart(() => this.andOr(statement.command, { ...scope, background: true }));
  }

  private andOr(whole: Statement["command"], scope: Scope): void {
    const node = this.answers && whole.type === "AndOr" ? reducedAndOr(whole, this.wordValue) : whole;
    if (node === null) return;
    if (node.type !== "AndOr") {
      this.pipeline(node, scope);
      return;
    }
    let uncertain = false;
    node.commands.forEach((command, index) => {
      const alternative = node.operators[index - 1] === "||";
      const ending = scope.ending && (index === node.commands.length - 1 || node.operators[index] === "||");
      const conditional = alternative || uncertain;
      const inner = { ...scope, ending, conditional: scope.conditional || conditional };
      if (conditional) this.state.branches([() => this.pipeline(command, inner)], false);
      else this.pipeline(command, inner);
      uncertain = (uncertain && !alternative) || isQuestion(command);
    });
  }

  private pipeline(node: PipelineNode, scope: Scope): void {
    if (node.type !== "Pipeline") {
      this.command(node, scope);
      return;
    }
    const piped = node.commands.length > 1;
    node.commands.forEach((command, index) => {
      const ending = scope.ending && index === node.commands.length - 1;
      const inner = { ...scope, ending, piped: scope.piped || piped };
      if (piped) this.state.apart(() => this.command(command, inner));
      else this.command(command, inner);
    });
  }

  private command(node: CommandNode | CompoundList, scope: Scope): void {
    switch (node.type) {
      case "Command":
        this.simple(node, scope);
        return;
      case "CompoundList":
        this.list(node, scope);
        return;
      case "Redirected":
        this.compound(node.command, scope);
        this.redirectsOf(node.redirects, node.pos, node.end, scope);
        return;
      case "Function":
        this.define(node.name.value, node.body);
        return;
      case "Coproc":
        this.state.apart(() => this.command(node.body, { ...scope, background: true }));
        return;
      default:
        this.compound(node, scope);
    }
  }

  private compound(whole: CompoundCommand, scope: Scope): void {
    const node = this.answers ? this.reduced(whole) : whole;
    if (node === null) return;
    if (node.type === "CompoundList") {
      this.list(node, scope);
      return;
    }
    const maybe = { ...scope, conditional: true };
    const clause = { ...scope, ending: false };
    switch (node.type) {
      case "If": {
        this.list(node.clause, clause);
        const bodies = [() => this.list(node.then, maybe)];
        for (const branch of node.elif) {
          bodies.push(() => {
            this.list(branch.clause, { ...maybe, ending: false });
            this.list(branch.then, maybe);
          });
        }
        const otherwise = node.else;
        if (otherwise !== undefined) bodies.push(() => this.list(otherwise, maybe));
        this.state.branches(bodies, otherwise !== undefined);
        return;
      }
      case "For":
      case "Select":
        this.loop(node.name.text, node.wordlist, node.body, { ...scope, ending: false });
        return;
      case "While":
        this.unanswered(() => {
          this.list(node.clause, clause);
          this.state.branches([() => this.list(node.body, { ...maybe, ending: false })], false);
        });
        return;
      case "ArithmeticFor":
        this.unanswered(() => {
          this.state.branches([() => this.list(node.body, { ...maybe, ending: false })], false);
        });
        return;
      case "Case": {
        this.inner(node.word, scope);
        const exhaustive = node.items.some((item) => item.pattern.some((word) => word.text === "*"));
        this.state.branches(
          node.items.map((item) => () => this.list(item.body, maybe)),
          exhaustive,
        );
        return;
      }
      case "Subshell":
        this.state.apart(() => this.list(node.body, { ...scope, subshell: true }));
        return;
      case "BraceGroup":
        this.list(node.body, scope);
        return;
      case "TestCommand":
      case "ArithmeticCommand":
        return;
    }
  }

  /** Without the branches that the tests rule out. */
  private reduced(node: CompoundCommand): CompoundCommand | CompoundList | null {
    if (node.type === "If") return reducedIf(node, this.wordValue);
    return node.type === "Case" ? reducedCase(node, this.wordValue) : node;
  }

  private unanswered(body: () => void): void {
    const { answers } = this;
    this.answers = false;
    body();
    this.answers = answers;
  }

  private readonly wordValue: WordValue = (word) => wordValue(word, this.state.lookup);

  private loop(name: string, words: readonly Word[] | undefined, body: CompoundList, scope: Scope): void {
    for (const word of words ?? []) this.inner(word, scope);
    const values = words?.flatMap((word) => wordFields(word, this.state.lookup));
    const told = values?.every((value) => value !== null && !/[*?[]/.test(value)) === true;
    if (values === undefined || !told || values.length > MAX_ROUNDS || this.repeats > MAX_REPEATS) {
      const round = (): void => {
        this.state.set(name, null);
        this.list(body, { ...scope, conditional: true });
      };
      this.unanswered(() => this.state.branches([round], false));
      return;
    }
    for (const value of values) {
      this.repeats += 1;
      this.state.set(name, value);
      this.list(body, scope);
    }
  }

  private define(name: string, body: CommandNode | CompoundList): void {
    const source = this.source;
    const definition = {
      busy: false,
      body: (): void => {
        const scope = this.scope;
        if (scope !== null) this.within(source, () => this.command(body, scope));
      },
    };
    this.functions.set(name, definition);
  }

  private call(name: string, argv: readonly ShellWord[], scope: Scope): boolean {
    const definition = this.functions.get(name);
    if (definition === undefined || definition.busy || this.repeats > MAX_REPEATS) return false;
    if (scope.depth >= MAX_DEPTH) return false;
    this.repeats += 1;
    const before = this.state.arguments();
    this.state.setArguments(argv.slice(1).map((word) => word.value));
    argv.slice(1).forEach((word, index) => {
      this.templates?.set(String(index + 1), word.template ?? null);
    });
    definition.busy = true;
    const outer = this.scope;
    this.scope = { ...scope, depth: scope.depth + 1 };
    definition.body();
    this.scope = outer;
    definition.busy = false;
    this.state.setArguments(before);
    return true;
  }

  private simple(node: Command, scope: Scope): void {
    const assignments: Assignment[] = [];
    const syntax: Word[] = node.name === undefined ? [] : [node.name];
    for (const item of node.prefix) if (item.type === "Assignment") assignments.push(item);
    for (const item of node.suffix) {
      if (item.type === "Word") syntax.push(item);
      else if (item.type === "Assignment") assignments.push(item);
    }
    for (const word of syntax) this.inner(word, scope);
    for (const word of assignments.flatMap(assignedWords)) this.inner(word, scope);
    const values = assignments.map((item) => ({ name: item.name, value: this.assigned(item) }));
    const argv = syntax.flatMap((word) => this.words(word));
    const name = argv[0]?.value ?? null;
    if (argv.length === 0 || (name !== null && DECLARATIONS.has(name))) {
      for (const { name: variable, value } of values) this.state.set(variable, value);
      for (const item of assignments) this.remember(item, scope);
    }
    const called = name !== null && this.functions.get(name)?.busy === false;
    if (argv.length > 0 || node.redirects.length > 0) {
      const { conditional, background, piped, subshell } = scope;
      this.commands.push({
        range: rangeOf(this.source, node.pos, node.end),
        argv: argv.map(plainWord),
        assignments: values,
        redirects: node.redirects.map((redirect) => this.redirect(redirect, scope)),
        workingDir: this.state.workingDir,
        conditional,
        background,
        piped,
        subshell,
        ending: scope.ending && !called,
        calls: called,
      });
    }
    if (name === null) {
      if (argv.length > 0) this.state.setUnseen();
      return;
    }
    if (called && this.call(name, argv, scope)) return;
    this.builtin(name, argv);
    if (name === "read") this.readHeredoc(argv, node);
    this.nested(argv, node, scope);
  }

  /** What a builtin changes about variables and folder. */
  private builtin(name: string, argv: readonly ShellWord[]): void {
    const first = argv.slice(1).find((word) => !/^-[LPe@]+$/.test(word.value ?? ""));
    switch (name) {
      case "cd":
        this.state.changeDirectory(first?.value);
        return;
      case "pushd":
        this.state.pushDirectory(first?.value);
        return;
      case "popd":
        this.state.popDirectory();
        return;
      case "read":
      case "mapfile":
      case "readarray":
        for (const word of argv.slice(1)) if (word.value !== null) this.state.set(word.value, null);
        return;
      case "shift":
        this.state.setArguments(this.state.arguments()?.slice(Number(first?.value ?? 1)) ?? null);
        return;
      case "set": {
        const from = operandsOfSet(argv);
        if (from !== null) this.state.setArguments(argv.slice(from).map((word) => word.value));
        return;
      }
      case "unset":
        for (const word of argv.slice(1)) if (word.value !== null) this.state.set(word.value, undefined);
        return;
      case ".":
      case "source":
        this.state.setUnseen();
        return;
      case "eval":
      case "export":
        if (argv.some((word) => word.value === null)) this.state.setUnseen();
        return;
    }
  }

  private nested(argv: readonly TracedWord[], node: Command, scope: Scope): void {
    const deeper = { ...scope, depth: scope.depth + 1 };
    for (const script of nestedScripts(argv, node, this.source)) {
      if (script.apart) this.state.apart(() => this.script(script.source, { ...deeper, subshell: true }));
      else this.script(script.source, deeper);
    }
    for (const words of findCommands(argv)) {
      const range = { start: words[0]?.range.start, end: words.at(-1)?.range.end };
      if (range.start === undefined || range.end === undefined) continue;
      this.commands.push({
        range: { start: range.start, end: range.end },
        argv: words.map(({ value, raw, range: place }) => ({
          value: value?.includes("{}") === true ? null : value,
          raw,
          range: place,
        })),
        assignments: [],
        redirects: [],
        workingDir: this.state.workingDir,
        conditional: true,
        background: scope.background,
        piped: scope.piped,
        subshell: true,
        ending: false,
        calls: false,
      });
    }
  }

  /** A compound command's own redirections, e.g. of `{ ...; } > file`. */
  private redirectsOf(redirects: readonly Redirection[], pos: number, end: number, scope: Scope): void {
    const { conditional, background, piped, subshell } = scope;
    this.commands.push({
      range: rangeOf(this.source, pos, end),
      argv: [],
      assignments: [],
      redirects: redirects.map((redirect) => this.redirect(redirect, scope)),
      workingDir: this.state.workingDir,
      conditional,
      background,
      piped,
      subshell,
      ending: false,
      calls: false,
    });
  }

  private redirect(redirect: Redirection, scope: Scope): ShellRedirect {
    if (redirect.type === "HereDoc") {
      this.substituted(redirect.body.parts, scope);
      const body = slice(this.source, redirect.body.pos, redirect.body.end);
      const literal = redirect.delimiter?.quoted === true || !/[$`\\]/.test(body.text);
      const template = this.templates?.heredoc(redirect, this.source);
      return {
        operator: redirect.operator,
        target: null,
        ...(literal ? { body } : {}),
        ...(template === undefined ? {} : { template }),
      };
    }
    if (redirect.target === undefined) return { operator: redirect.operator, target: null };
    this.inner(redirect.target, scope);
    return { operator: redirect.operator, target: this.words(redirect.target)[0] ?? null };
  }

  /** Keeps the text of an assignment with its places, where templates are wanted. */
  private remember(item: Assignment, scope: Scope): void {
    if (this.templates === null) return;
    if (item.value.type === "Word") this.templates.assign(item, this.source, scope.conditional);
    else {
      const words = item.value.elements.flatMap((word) => this.words(word));
      this.templates.assignArray(item, words, scope.conditional);
    }
  }

  /** `read -r -d '' NAME <<EOF` puts the whole here-document into the variable. */
  private readHeredoc(argv: readonly ShellWord[], node: Command): void {
    const heredoc = node.redirects.find((redirect) => redirect.type === "HereDoc");
    const whole = argv.some(
      (word, index) => /^-\w*d$/.test(word.value ?? "") && argv[index + 1]?.value === "",
    );
    const name = argv.at(-1)?.value ?? "";
    if (heredoc !== undefined && whole && /^[A-Za-z_]\w*$/.test(name)) {
      this.templates?.set(name, this.templates.heredoc(heredoc, this.source));
    }
  }

  private assigned(item: Assignment): string | null {
    if (item.value.type !== "Word" || item.index !== undefined) return null;
    const value = wordValue(item.value, this.state.lookup);
    if (item.append !== true || value === null) return value;
    const before = this.state.lookup(item.name);
    return before === null ? null : (before ?? "") + value;
  }

  private inner(word: Word, scope: Scope): void {
    if (isOnlyItself(word)) return;
    this.substituted(word.parts, scope);
  }

  /** The commands in the substitutions of a word run before the command that the word belongs to. */
  private substituted(parts: Word["parts"], scope: Scope): void {
    const found = substitutions(parts);
    if (found.length === 0 || scope.depth >= MAX_DEPTH) return;
    const inner = { ...scope, depth: scope.depth + 1, subshell: true, ending: false };
    for (const { script, backticks } of found) {
      const error = script.errors?.[0];
      const source = backticks === null ? this.source : this.decoded(backticks);
      if (script.source !== undefined && script.source !== source.text) continue;
      if (error !== undefined) this.report(source, error.pos, error.message);
      this.state.apart(() => this.within(source, () => this.list(script, inner)));
    }
  }

  private decoded({ start, end }: { start: number; end: number }): SourceText {
    return unescaped(this.source, start, end, /[$`\\]/);
  }

  private words(word: Word): TracedWord[] {
    const range = rangeOf(this.source, word.pos, word.end);
    const array = this.templates?.arrayOf(word) ?? null;
    if (array !== null) {
      const rest = { value: null, raw: word.text, range, syntax: null };
      return array.partial ? [...array.words, rest] : [...array.words];
    }
    const fields = wordFields(word, this.state.lookup);
    if (this.templates !== null && fields.length > 1 && hasBraces(word)) {
      const whole: ShellTemplate = { ...this.templates.word(word, this.source), braces: true };
      return [{ value: null, raw: word.text, range, syntax: word, template: whole }];
    }
    const raw = word.text;
    const template = fields.length === 1 ? this.templates?.word(word, this.source) : undefined;
    return fields.map((value) =>
      template === undefined
        ? { value, raw, range, syntax: word }
        : { value, raw, range, syntax: word, template },
    );
  }
}

/** A word without its syntax, which would keep the whole parsed script in memory. */
function plainWord({ value, raw, range, template }: TracedWord): ShellWord {
  return template === undefined ? { value, raw, range } : { value, raw, range, template };
}

function parsed(text: string): ParsedScript {
  try {
    return parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : "the parser gave up";
    return {
      type: "Script",
      pos: 0,
      end: 0,
      shebang: undefined,
      commands: [],
      errors: [{ message, pos: 0 }],
    };
  }
}

function hasBraces(word: Word): boolean {
  return word.parts?.some((part) => part.type === "BraceExpansion") === true;
}

function assignedWords(assignment: Assignment): readonly Word[] {
  return assignment.value.type === "Word" ? [assignment.value] : assignment.value.elements;
}

/** The statement that a script ends with, behind which only `exit`, `wait` and the like come. */
function endingIndex(statements: readonly Statement[]): number {
  for (let index = statements.length - 1; index >= 0; index -= 1) {
    const command = statements[index]?.command;
    if (command?.type === "Command") {
      const bare = command.name === undefined || CLOSING.has(command.name.value);
      if (bare) continue;
    }
    if (command?.type === "Function") continue;
    return index;
  }
  return -1;
}

/** Where the new arguments begin in `set -e -- a b`; `null` for options alone. */
function operandsOfSet(argv: readonly ShellWord[]): number | null {
  for (let at = 1; at < argv.length; at += 1) {
    const value = argv[at]?.value ?? "";
    if (value === "--" || value === "-") return at + 1;
    if (!/^[-+]/.test(value)) return at;
    if (/^[-+][a-z]*o$/.test(value)) at += 1;
  }
  return null;
}

function isQuestion(node: PipelineNode): boolean {
  if (node.type === "TestCommand" || node.type === "ArithmeticCommand") return true;
  if (node.type === "Pipeline") {
    const last = node.commands.at(-1);
    return (
      node.prefixes.some((prefix) => prefix.type === "Negation") || (last !== undefined && isQuestion(last))
    );
  }
  return node.type === "Command" && node.name !== undefined && QUESTIONS.has(node.name.value);
}
