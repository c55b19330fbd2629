/** What BuildKit tells while it builds, as far as it is shown. */
export interface BuildTrace {
  /** Steps that begin, e.g. `[2/3] RUN make`. */
  readonly begun: readonly string[];
  /** Output of steps. */
  readonly output: string;
  /** Why steps failed. */
  readonly errors: readonly string[];
}

/** A field of a protobuf message: its number, and its bytes where it holds some. */
interface Field {
  readonly number: number;
  readonly bytes: Uint8Array | null;
}

/** Numbers of the fields in `moby.buildkit.v1.StatusResponse` and its parts. Source: BuildKit, control.proto. */
const VERTEX = 1;
const LOG = 3;
const VERTEX_NAME = 3;
const VERTEX_STARTED = 5;
const VERTEX_COMPLETED = 6;
const VERTEX_ERROR = 7;
const LOG_MESSAGE = 4;

/** Reads one status message; what is broken or not known in it is passed over. */
export function readBuildTrace(message: Uint8Array): BuildTrace {
  const begun: string[] = [];
  const errors: string[] = [];
  const output: Uint8Array[] = [];
  for (const { number, bytes } of fieldsOf(message)) {
    if (bytes === null) continue;
    if (number === VERTEX) {
      const vertex = new Map([...fieldsOf(bytes)].map((field) => [field.number, field.bytes]));
      const name = textOf(vertex.get(VERTEX_NAME));
      if (vertex.has(VERTEX_STARTED) && !vertex.has(VERTEX_COMPLETED)) begun.push(name);
      const error = textOf(vertex.get(VERTEX_ERROR));
      if (error !== "") errors.push(error);
    } else if (number === LOG) {
      for (const field of fieldsOf(bytes)) {
        if (field.number === LOG_MESSAGE && field.bytes !== null) output.push(field.bytes);
      }
    }
  }
  return { begun, output: textOf(Buffer.concat(output)), errors };
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return bytes === null || bytes === undefined ? "" : Buffer.from(bytes).toString("utf8");
}

/** The fields of a protobuf message; ends at the first thing that is none. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; at < message.length && shift < 70; shift += 7) {
      const byte = message[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < message.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        varint();
        yield { number, bytes: null };
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        if (!(at + length <= message.length)) return;
        yield { number, bytes: message.subarray(at, at + length) };
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        return;
    }
  }
}
