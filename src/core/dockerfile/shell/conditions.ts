import type {
  AndOr,
  Case,
  Command,
  CompoundList,
  Elif,
  If,
  PipelineNode,
  TestExpression,
  Word,
} from "unbash";
import { Glob } from "../glob.ts";

/** The value of a word; `null` when it can't be told. */
export type WordValue = (word: Word) => string | null;

/** Longest value and pattern that a regular expression of `[[ x =~ y ]]` is tried on. */
const MAX_MATCHED = 64;

/** Longest value and pattern of `case` that are compared, and most words of one `test`. */
const MAX_PATTERN = 256;
const MAX_TEST_WORDS = 64;

/** Whether a condition holds, as far as the values of its words tell: only tests are answered, no program is. */
export function holds(node: CompoundList | PipelineNode | AndOr, value: WordValue): boolean | null {
  switch (node.type) {
    case "CompoundList": {
      const [statement, ...more] = node.commands;
      if (statement === undefined || more.length > 0 || statement.background === true) return null;
      return holds(statement.command, value);
    }
    case "AndOr":
      return joinedAnswer(node, value);
    case "Pipeline": {
      const [command, ...more] = node.commands;
      if (command === undefined || more.length > 0) return null;
      const negations = node.prefixes.filter((prefix) => prefix.type === "Negation").length;
      return negated(holds(command, value), negations);
    }
    case "TestCommand":
      return expressionHolds(node.expression, value);
    case "Command":
      return commandHolds(node, value);
    default:
      return null;
  }
}

/** What is left of an `if` when the answered conditions are taken out; `null` when nothing of it runs. */
export function reducedIf(node: If, value: WordValue): If | CompoundList | null {
  const open: (If | Elif)[] = [];
  let otherwise = node.else;
  for (const branch of [node, ...node.elif]) {
    const answer = holds(branch.clause, value);
    if (answer === false) continue;
    if (answer === true) {
      otherwise = branch.then;
      break;
    }
    open.push(branch);
  }
  const [first, ...more] = open;
  if (first === undefined) return otherwise ?? null;
  return { ...node, ...first, type: "If", elif: more.map(asElif), else: otherwise };
}

function asElif(branch: If | Elif): Elif {
  return { ...branch, type: "Elif" };
}

/** The same for `case`. */
export function reducedCase(node: Case, value: WordValue): Case | CompoundList | null {
  const word = value(node.word);
  if (word === null || node.items.some((item) => (item.terminator ?? ";;") !== ";;")) return node;
  const open: Case["items"][number][] = [];
  for (const item of node.items) {
    const answers = item.pattern.map((pattern) => patternHolds(word, pattern, value));
    if (answers.includes(true) && open.length === 0) return item.body;
    if (answers.every((answer) => answer === false)) continue;
    open.push(item);
    if (answers.includes(true)) break;
  }
  return open.length === 0 ? null : { ...node, items: open };
}

/** `test && a || b` without its answered tests and what they rule out; `null` when nothing of it runs. */
export function reducedAndOr(node: AndOr, value: WordValue): AndOr | PipelineNode | null {
  let status = true;
  for (const [index, command] of node.commands.entries()) {
    const operator = node.operators[index - 1] ?? "&&";
    if ((operator === "&&") !== status) continue;
    const answer = holds(command, value);
    if (answer !== null) {
      status = answer;
      continue;
    }
    const commands = node.commands.slice(index);
    return commands.length === 1 ? command : { ...node, commands, operators: node.operators.slice(index) };
  }
  return null;
}

function joinedAnswer(node: AndOr, value: WordValue): boolean | null {
  let status: boolean | null = true;
  for (const [index, command] of node.commands.entries()) {
    const operator = node.operators[index - 1] ?? "&&";
    if ((operator === "&&") !== status) continue;
    status = holds(command, value);
    if (status === null) return null;
  }
  return status;
}

function negated(answer: boolean | null, times: number): boolean | null {
  return answer === null || times % 2 === 0 ? answer : !answer;
}

function commandHolds(node: Command, value: WordValue): boolean | null {
  if (node.redirects.length > 0 || node.prefix.length > 0) return null;
  const name = node.name?.value;
  if (name === "true" || name === ":") return true;
  if (name === "false") return false;
  if (name !== "[" && name !== "test") return null;
  const words: string[] = [];
  for (const word of node.suffix) {
    const text = word.type === "Word" ? value(word) : null;
    if (text === null) return null;
    words.push(text);
  }
  if (name === "[" && words.pop() !== "]") return null;
  return testHolds(words);
}

/** `test` with these words: strings and numbers are compared, files are not looked at. */
function testHolds(words: readonly string[]): boolean | null {
  if (words.length > MAX_TEST_WORDS) return null;
  const or = words.indexOf("-o");
  if (or > 0 && words.length > 3) {
    return either(testHolds(words.slice(0, or)), testHolds(words.slice(or + 1)), true);
  }
  const and = words.indexOf("-a");
  if (and > 0 && words.length > 3) {
    return either(testHolds(words.slice(0, and)), testHolds(words.slice(and + 1)), false);
  }
  const [first = "", second = "", third = ""] = words;
  switch (words.length) {
    case 0:
      return false;
    case 1:
      return first !== "";
    case 2:
      return first === "!" ? second === "" : unaryHolds(first, second);
    case 3:
      return first === "!" ? negated(testHolds([second, third]), 1) : comparison(first, second, third);
    case 4:
      return first === "!" ? negated(testHolds(words.slice(1)), 1) : null;
    default:
      return null;
  }
}

/** `a || b` where `decisive` is true, `a && b` where it is false. */
function either(a: boolean | null, b: boolean | null, decisive: boolean): boolean | null {
  if (a === decisive || b === decisive) return decisive;
  return a === null || b === null ? null : !decisive;
}

function unaryHolds(operator: string, operand: string): boolean | null {
  if (operator === "-z") return operand === "";
  return operator === "-n" ? operand !== "" : null;
}

function comparison(left: string, operator: string, right: string): boolean | null {
  if (operator === "=" || operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (!/^-?\d{1,15}$/.test(left) || !/^-?\d{1,15}$/.test(right)) return null;
  const [a, b] = [Number(left), Number(right)];
  switch (operator) {
    case "-eq":
      return a === b;
    case "-ne":
      return a !== b;
    case "-gt":
      return a > b;
    case "-ge":
      return a >= b;
    case "-lt":
      return a < b;
    case "-le":
      return a <= b;
    default:
      return null;
  }
}

function expressionHolds(node: TestExpression, value: WordValue): boolean | null {
  switch (node.type) {
    case "TestGroup":
      return expressionHolds(node.expression, value);
    case "TestNot":
      return negated(expressionHolds(node.operand, value), node.negations.length);
    case "TestLogical":
      return node.operands
        .map((operand) => expressionHolds(operand, value))
        .reduce((all, answer) => either(all, answer, node.operator === "||"));
    case "TestUnary": {
      const operand = value(node.operand);
      return operand === null ? null : unaryHolds(node.operator, operand);
    }
    case "TestBinary": {
      const left = value(node.left);
      if (left === null) return null;
      if (node.operator === "=" || node.operator === "==") return patternHolds(left, node.right, value);
      if (node.operator === "!=") return negated(patternHolds(left, node.right, value), 1);
      if (node.operator === "=~") return expressionMatches(left, node.right, value);
      const right = value(node.right);
      return right === null ? null : comparison(left, node.operator, right);
    }
  }
}

function patternHolds(text: string, pattern: Word, value: WordValue): boolean | null {
  const written = value(pattern);
  if (written === null) return null;
  if (!/[*?[\]\\]/.test(written)) return text === written;
  if (written.length > MAX_PATTERN || text.length > MAX_PATTERN || /[[\]\\]|[@?*+!]\(/.test(written))
    return null;
  const characters = [...text];
  const glob = Glob.parse(written);
  return glob === null ? null : glob.from(characters, 0)?.longest === characters.length;
}

/** `=~` with a plain expression; what POSIX and JavaScript read differently is left open. */
function expressionMatches(text: string, pattern: Word, value: WordValue): boolean | null {
  const written = value(pattern);
  if (written === null || written.length > MAX_MATCHED || text.length > MAX_MATCHED) return null;
  if (!/^\^?[\w|()./-]+\$?$/.test(written)) return null;
  try {
    return new RegExp(written).test(text);
  } catch {
    return null;
  }
}
