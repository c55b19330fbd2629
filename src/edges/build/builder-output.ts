import { withoutEnd } from "../../core/paths.ts";
import { readBuildTrace } from "./buildkit-trace.ts";

/** Lines of output that are kept, and characters of each. */
const MAX_LINES = 40;
const MAX_LINE = 400;

/** Bytes of one message of the builder; more is no message. */
const MAX_MESSAGE = 16 * 1024 * 1024;

/** What a builder's answer came to. */
export interface BuilderOutcome {
  /** `sha256:...`; `null` when no image came of it. */
  readonly imageId: string | null;
  /** Why the build failed; `null` when it did not. */
  readonly error: string | null;
  /** The last lines of what was printed. */
  readonly lines: readonly string[];
}

interface Message {
  readonly id?: string;
  readonly stream?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly aux?: string | { readonly ID?: string };
}

/** Follows a build to its end; `step` is told each step that begins. The two builders of an engine differ in all. */
export async function followBuilder(
  answer: AsyncIterable<Uint8Array | string>,
  step: (name: string) => void,
): Promise<BuilderOutcome> {
  const output = new LastLines();
  let imageId: string | null = null;
  let error: string | null = null;
  for await (const message of messagesOf(answer)) {
    error = message.errorDetail?.message ?? message.error ?? error;
    const { aux } = message;
    if (typeof aux === "object") imageId = aux.ID ?? imageId;
    if (typeof aux === "string" && message.id === "moby.buildkit.trace") {
      const trace = readBuildTrace(Buffer.from(aux, "base64"));
      for (const name of trace.begun) {
        output.line(name);
        step(name);
      }
      output.text(trace.output);
    }
    if (message.stream === undefined) continue;
    output.text(message.stream);
    const begun = /^(?:Step \d+\/\d+ : |STEP \d+(?:\/\d+)?: )(.*)/.exec(message.stream)?.[1];
    if (begun !== undefined) step(begun);
    imageId = /^(?:Successfully built )?([0-9a-f]{12,64})\s*$/.exec(message.stream)?.[1] ?? imageId;
  }
  return { imageId: error === null ? imageId : null, error, lines: output.last() };
}

async function* messagesOf(answer: AsyncIterable<Uint8Array | string>): AsyncGenerator<Message> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of answer) {
    rest += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = (lines.pop() ?? "").slice(-MAX_MESSAGE);
    for (const line of lines) yield* messageOf(line);
  }
  yield* messageOf(rest);
}

function* messageOf(line: string): Generator<Message> {
  try {
    const message: unknown = JSON.parse(line);
    if (typeof message === "object" && message !== null) yield message;
  } catch {
    // A line that is no message says nothing.
  }
}

/** The end of what is printed, line by line. */
class LastLines {
  private readonly lines: string[] = [];
  private rest = "";

  text(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = (lines.pop() ?? "").slice(0, MAX_LINE);
    for (const line of lines) this.line(line);
  }

  line(line: string): void {
    // What a carriage return leaves on a terminal is what stands behind the last one.
    const shown = withoutEnd(line, "\r").split("\r").at(-1) ?? "";
    if (shown.trim() === "") return;
    this.lines.push(shown.slice(0, MAX_LINE));
    if (this.lines.length > MAX_LINES) this.lines.shift();
  }

  last(): readonly string[] {
    if (this.rest !== "") this.line(this.rest);
    return this.lines;
  }
}
