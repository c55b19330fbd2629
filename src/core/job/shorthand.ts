import { type JobMember, type JobNode, MAX_DEPTH } from "./node.ts";
import { type Places, rangeIn } from "./places.ts";
import type { Shape } from "./shape.ts";
import { shapeOf } from "./shapes.ts";

/** What shorthand text holds, or the first thing that makes it unreadable. */
export type ShorthandResult =
  | { readonly node: JobNode; readonly notes: readonly [] }
  | { readonly problem: string; readonly offset: number };

/**
 * Reads the AWS CLI's shorthand syntax: `Key=Value,Key2=[a,b],Key3={Inner=Value},Key4=a,b`. Values become what
 * `shape` says they are. Source: "Using shorthand syntax", AWS CLI user guide.
 */
export function readShorthand(text: string, shape: Shape, places: Places): ShorthandResult {
  try {
    return { node: new Shorthand(text, places).whole(shape), notes: [] };
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

class Shorthand {
  private readonly text: string;
  private readonly places: Places;
  private at = 0;
  private depth = 0;

  constructor(text: string, places: Places) {
    this.text = text;
    this.places = places;
  }

  whole(shape: Shape): JobNode {
    const node = this.members(shape, "");
    if (this.at < this.text.length) throw this.error("a comma or the end is expected");
    return node;
  }

  /** `Key=Value,...` up to `end` ("" is the end of the text). */
  private members(shape: Shape, end: "" | "}"): JobNode {
    const start = this.at;
    const members: JobMember[] = [];
    while (this.peek() !== end) {
      const keyStart = this.at;
      const name = this.read(/[^=,\s{}[\]"']+/y);
      if (name === "" || this.peek() !== "=") throw this.error("Key=Value is expected");
      const keyRange = rangeIn(this.places, keyStart, this.at);
      this.at += 1;
      const member = shape.members?.[name] ?? shape.value;
      members.push({ name, keyRange, node: this.value(member === undefined ? null : shapeOf(member), end) });
      if (this.peek() !== ",") break;
      this.at += 1;
      this.read(/\s+/y);
    }
    if (end !== "" && this.peek() !== end) throw this.error(`"${end}" is expected`);
    return { kind: "object", members, range: rangeIn(this.places, start, this.at) };
  }

  private value(shape: Shape | null, end: "" | "}"): JobNode {
    const start = this.at;
    if (this.depth > MAX_DEPTH) throw this.error("values nest too deep");
    if (this.peek() === "{") {
      this.enter();
      const inner = this.members(shape ?? { type: "map" }, "}");
      this.leave();
      return { ...inner, range: rangeIn(this.places, start, this.at) };
    }
    const item = shape?.type === "list" && shape.member !== undefined ? shapeOf(shape.member) : shape;
    if (this.peek() === "[") return this.list(item, start);
    const first = this.scalar(item);
    if (shape?.type !== "list") return first;
    // `Key=a,b,Other=c`: further values belong to the list as long as no `=` follows them.
    const items = [first];
    while (this.peek() === "," && !/^,\s*[^=,\s{}[\]"']+=/.test(this.text.slice(this.at, this.at + 300))) {
      this.at += 1;
      if (this.peek() === end) break;
      items.push(this.scalar(item));
    }
    return { kind: "array", items, range: rangeIn(this.places, start, this.at) };
  }

  private list(item: Shape | null, start: number): JobNode {
    this.enter();
    const items: JobNode[] = [];
    this.read(/\s+/y);
    while (this.peek() !== "]") {
      items.push(this.value(item, ""));
      this.read(/\s+/y);
      if (this.peek() !== ",") break;
      this.at += 1;
      this.read(/\s+/y);
    }
    if (this.peek() !== "]") throw this.error('"]" is expected');
    this.leave();
    return { kind: "array", items, range: rangeIn(this.places, start, this.at) };
  }

  private scalar(shape: Shape | null): JobNode {
    const start = this.at;
    const quote = this.peek();
    let word: string;
    if (quote === '"' || quote === "'") {
      word = this.read(quote === '"' ? /"(?:[^"\\]|\\.)*"/sy : /'(?:[^'\\]|\\.)*'/sy);
      if (word === "") throw this.error("the quote has no end");
      word = word.slice(1, -1).replace(/\\(["'\\])/g, "$1");
    } else word = this.read(this.depth > 0 ? /[^,\]}]*/y : /[^,]*/y).trimEnd();
    return { kind: "scalar", value: scalarOf(word, shape), range: rangeIn(this.places, start, this.at) };
  }

  private enter(): void {
    this.at += 1;
    this.depth += 1;
  }

  private leave(): void {
    this.at += 1;
    this.depth -= 1;
  }

  private peek(): string {
    return this.text[this.at] ?? "";
  }

  private read(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  private error(message: string): ShorthandError {
    return new ShorthandError(message, this.at);
  }
}

/** A word as the shape has it: the AWS CLI turns words into numbers and booleans where the model says so. */
export function scalarOf(word: string, shape: Shape | null): string | number | boolean {
  if ((shape?.type === "integer" || shape?.type === "long") && /^[+-]?\d+$/.test(word.trim()))
    return Number(word);
  if (shape?.type === "boolean" && /^(?:true|false)$/i.test(word)) return word.toLowerCase() === "true";
  return word;
}
