import { GAP_REASON, hasGap, type JobText, type ReadResult, withHarmlessGaps } from "./job-text.ts";
import { type JobMember, type JobNode, MAX_DEPTH, type ObjectNode } from "./node.ts";
import { type Place, placeIn } from "./places.ts";
import type { Shape } from "./shape.ts";
import { shapeOf } from "./shapes.ts";

/**
 * Reads the AWS CLI's shorthand syntax: `Key=Value,Key2=[a,b],Key3={Inner=Value},Key4=a,b`. Values become what
 * `shape` says they are. Source: "Using shorthand syntax with the AWS CLI", AWS CLI user guide; the finer points
 * as measured with the AWS CLI.
 */
export function readShorthand(input: JobText, shape: Shape): ReadResult {
  try {
    return { node: adapted(new Shorthand(input).whole(), shape), notes: [] };
  } catch (error) {
    if (error instanceof ShorthandError) return { problem: error.message, offset: error.offset };
    throw error;
  }
}

class ShorthandError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const KEY = /[\w.#/:-]*/y;
/** A value up to the next comma; inside of brackets, the closing one ends it too. */
const FIRST_VALUE = /(?:\\,|[^\s"',=[{])(?:\\,|[^"',\]}])*/y;
/** A further value of a list without brackets: an `=` says that it is a key. */
const NEXT_VALUE = /(?:\\,|[^\s"',=[{])(?:\\,|[^"',=])*/y;
const SINGLE_QUOTED = /'(?:\\'|[^'])*'/y;
const DOUBLE_QUOTED = /"(?:\\"|[^"])*"/y;

class Shorthand {
  private readonly input: JobText;
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(input: JobText) {
    this.input = input;
    this.text = withHarmlessGaps(input);
  }

  /** `Key=Value,...` to the end of the text. */
  whole(): ObjectNode {
    const members: JobMember[] = [];
    let open = false;
    do {
      const member = this.member(() => this.topValue());
      if (member === null) open = true;
      else this.addTo(members, member);
    } while (this.atEnd() === false && this.expect(","));
    return this.object(members, 0, open);
  }

  /** `Key=Value`; `null` where the key itself is not known. */
  private member(value: () => JobNode): JobMember | null {
    const start = this.at;
    const name = this.read(KEY);
    const end = this.at;
    this.skipBlanks();
    if (this.peek() === "@" && this.text.charAt(this.at + 1) === "=") this.at += 1;
    if (name === "" || this.peek() !== "=") {
      throw this.error(`Key=Value is expected, found ${this.found()}`);
    }
    this.expect("=");
    const node = value();
    if (hasGap(this.input.gaps, start, end)) return null;
    return { name, keyRange: this.place(start, end), node };
  }

  /** The AWS CLI refuses a key that is given twice: most often a comma stands where a blank is meant. */
  private addTo(members: JobMember[], member: JobMember): void {
    if (members.some(({ name }) => name === member.name)) {
      throw this.error(`the key ${member.name} is given twice; items of a list are separated by blanks`);
    }
    members.push(member);
  }

  private object(members: readonly JobMember[], start: number, open: boolean): ObjectNode {
    const range = this.place(start, this.at);
    return open
      ? { kind: "object", members, range, partial: { elision: null } }
      : { kind: "object", members, range };
  }

  private topValue(): JobNode {
    const inner = this.bracketed();
    if (inner !== null) return inner;
    const start = this.at;
    const first = this.scalar(FIRST_VALUE);
    this.skipBlanks();
    const items = [first];
    while (this.peek() === ",") {
      const comma = this.at;
      this.expect(",");
      if (this.atEnd()) throw this.error("a value is expected behind the comma");
      const next = this.tryScalar();
      this.skipBlanks();
      if (next === null || (!this.atEnd() && this.peek() !== ",")) {
        this.at = comma;
        break;
      }
      items.push(next);
    }
    return items.length === 1 ? first : { kind: "array", items, range: this.place(start, this.at) };
  }

  private innerValue(): JobNode {
    return this.bracketed() ?? this.scalar(FIRST_VALUE);
  }

  private bracketed(): JobNode | null {
    if (this.peek() === "[") return this.list();
    return this.peek() === "{" ? this.hash() : null;
  }

  private list(): JobNode {
    const start = this.enter("[");
    const items: JobNode[] = [];
    while (this.peek() !== "]") {
      items.push(this.innerValue());
      this.separator("]");
    }
    this.leave("]");
    return { kind: "array", items, range: this.place(start, this.at) };
  }

  private hash(): JobNode {
    const start = this.enter("{");
    const members: JobMember[] = [];
    let open = false;
    while (this.peek() !== "}") {
      const member = this.member(() => this.innerValue());
      if (member === null) open = true;
      else members.push(member);
      this.separator("}");
    }
    this.leave("}");
    return this.object(members, start, open);
  }

  private enter(bracket: string): number {
    const start = this.at;
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw this.error("values nest too deep");
    this.expect(bracket);
    return start;
  }

  private leave(bracket: string): void {
    this.depth -= 1;
    if (this.peek() !== bracket) throw this.error(`"${bracket}" is expected, found ${this.found()}`);
    this.at += 1;
  }

  private separator(bracket: string): void {
    this.skipBlanks();
    if (this.peek() === bracket) return;
    if (this.peek() !== ",") throw this.error(`a comma or "${bracket}" is expected, found ${this.found()}`);
    this.expect(",");
  }

  private tryScalar(): JobNode | null {
    const start = this.at;
    const node = this.scalar(NEXT_VALUE);
    return this.at === start ? null : node;
  }

  private scalar(pattern: RegExp): JobNode {
    const start = this.at;
    const quote = this.peek();
    let value: string;
    if (quote === '"' || quote === "'") {
      value = this.read(quote === '"' ? DOUBLE_QUOTED : SINGLE_QUOTED);
      if (value === "") throw this.error("the quote has no end");
      value = value.slice(1, -1).replaceAll(`\\${quote}`, quote).replaceAll("\\\\", "\\");
    } else value = this.read(pattern).replaceAll("\\,", ",").trimEnd();
    const range = this.place(start, this.at);
    if (hasGap(this.input.gaps, start, this.at)) return { kind: "unknown", why: GAP_REASON, range };
    return { kind: "scalar", value, range };
  }

  private expect(char: string): true {
    this.skipBlanks();
    if (this.peek() !== char) throw this.error(`"${char}" is expected, found ${this.found()}`);
    this.at += 1;
    this.skipBlanks();
    return true;
  }

  private skipBlanks(): void {
    this.read(/\s*/y);
  }

  private read(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  private peek(): string {
    return this.text.charAt(this.at);
  }

  private atEnd(): boolean {
    return this.at >= this.text.length;
  }

  private found(): string {
    return this.atEnd() ? "the end" : JSON.stringify(this.peek());
  }

  private place(start: number, end: number): Place {
    return placeIn(this.input.places, start, end);
  }

  private error(message: string): ShorthandError {
    return new ShorthandError(message, this.at);
  }
}

/** Values as the shape has them: a single one where a list is expected becomes its only item, words become numbers. */
export function adapted(node: JobNode, shape: Shape | null): JobNode {
  if (shape === null || node.kind === "unknown") return node;
  if (shape.type === "list" && node.kind !== "array") {
    const item = adapted(node, memberShape(shape));
    return { kind: "array", items: [item], range: node.range };
  }
  switch (node.kind) {
    case "object":
      return {
        ...node,
        members: node.members.map((member) => {
          const members = shape.members ?? {};
          const name = Object.hasOwn(members, member.name) ? members[member.name] : shape.value;
          return { ...member, node: adapted(member.node, name === undefined ? null : shapeOf(name)) };
        }),
      };
    case "array":
      return { ...node, items: node.items.map((item) => adapted(item, memberShape(shape))) };
    case "scalar":
      return typeof node.value === "string" ? { ...node, value: scalarOf(node.value, shape) } : node;
  }
}

function memberShape(shape: Shape): Shape | null {
  return shape.member === undefined ? null : shapeOf(shape.member);
}

/** A word as the shape has it: the AWS CLI turns words into numbers and booleans where the model says so. */
export function scalarOf(word: string, shape: Shape | null): string | number | boolean {
  if ((shape?.type === "integer" || shape?.type === "long") && /^\s*[+-]?\d+\s*$/.test(word))
    return Number(word);
  if (shape?.type === "boolean" && /^(?:true|false)$/i.test(word)) return word.toLowerCase() === "true";
  return word;
}
