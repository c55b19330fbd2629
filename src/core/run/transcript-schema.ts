import type { Json } from "../json.ts";
import { PROCESS_FATES, RUN_EVENT_NAMES } from "./transcript.ts";

/** The part of JSON Schema that the transcript needs; `schemaProblem` understands exactly this. */
export interface TranscriptSchema {
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";
  readonly const?: string | number;
  readonly enum?: readonly string[];
  readonly properties?: { readonly [name: string]: TranscriptSchema };
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | TranscriptSchema;
  readonly items?: TranscriptSchema;
  readonly anyOf?: readonly TranscriptSchema[];
}

const STRING: TranscriptSchema = { type: "string" };
const NUMBER: TranscriptSchema = { type: "number" };
const INTEGER: TranscriptSchema = { type: "integer" };
const BOOLEAN: TranscriptSchema = { type: "boolean" };
const ANY: TranscriptSchema = {};
const WORDS = listOf(STRING);

function listOf(items: TranscriptSchema): TranscriptSchema {
  return { type: "array", items };
}

function orNull(schema: TranscriptSchema): TranscriptSchema {
  return { anyOf: [schema, { type: "null" }] };
}

/** An object with all of these members; `optional` names those that may be absent. More members are allowed. */
function objectOf(
  properties: { readonly [name: string]: TranscriptSchema },
  optional: readonly string[] = [],
): TranscriptSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required };
}

const MASKS = objectOf({ blocked: STRING, ignored: STRING, caught: STRING });
const PROCESS = objectOf({
  pid: INTEGER,
  parent: INTEGER,
  command: WORDS,
  masks: orNull(MASKS),
  residentBytes: orNull(INTEGER),
});
const FILE = objectOf({ path: STRING, size: INTEGER, sha256: orNull(STRING), modified: orNull(NUMBER) });
const OUTPUT = objectOf({ tail: WORDS, bytes: INTEGER, bytesAfterStop: INTEGER });
const EVENT = objectOf({ name: { enum: RUN_EVENT_NAMES }, at: NUMBER, detail: STRING, pid: INTEGER }, [
  "detail",
  "pid",
]);
const PROCESS_END = objectOf({
  pid: INTEGER,
  command: WORDS,
  lastSeen: NUMBER,
  ended: { enum: PROCESS_FATES },
});
const PROGRAM = objectOf(
  {
    path: orNull(STRING),
    exists: BOOLEAN,
    executable: BOOLEAN,
    kind: { enum: ["elf", "script", "text", "other", "unknown"] },
    machine: orNull(STRING),
    shebang: orNull(STRING),
    interpreter: orNull(objectOf({ path: STRING, exists: BOOLEAN, machine: orNull(STRING) })),
    text: orNull(STRING),
    script: orNull(objectOf({ path: STRING, text: STRING })),
  },
  ["script"],
);

/** The shape of a transcript file, version 1, as a JSON schema; `schema/transcript.schema.json` is made from it. */
export const TRANSCRIPT_SCHEMA: TranscriptSchema = objectOf({
  kind: { const: "run" },
  version: { const: 1 },
  image: objectOf({ name: STRING, id: STRING, digests: WORDS, architecture: STRING }),
  engine: objectOf({ name: STRING, version: STRING, apiVersion: STRING, architecture: STRING }),
  request: objectOf({ containerEntrypoint: orNull(WORDS), containerArguments: orNull(WORDS) }),
  channels: listOf(objectOf({ name: STRING, inputMode: STRING })),
  argv: WORDS,
  user: STRING,
  environmentNames: WORDS,
  stopSignal: orNull(STRING),
  graceSeconds: NUMBER,
  untilExit: BOOLEAN,
  events: listOf(EVENT),
  readiness: orNull(objectOf({ by: STRING, detail: STRING })),
  startError: orNull(STRING),
  program: orNull(PROGRAM),
  exit: orNull(objectOf({ code: INTEGER, oomKilled: BOOLEAN })),
  stop: orNull(objectOf({ seconds: NUMBER, killed: BOOLEAN })),
  early: orNull(objectOf({ sigtermAt: NUMBER, handlerAt: NUMBER })),
  processesBeforeStop: listOf(PROCESS),
  processesAfterSignal: listOf(PROCESS),
  processEnds: listOf(PROCESS_END),
  filesBeforeStop: listOf(FILE),
  filesAtEnd: listOf(FILE),
  failure: orNull(STRING),
  stdout: OUTPUT,
  stderr: OUTPUT,
  peaks: objectOf({ memoryBytes: orNull(INTEGER), processes: orNull(INTEGER) }),
  missing: listOf(objectOf({ what: STRING, why: STRING })),
  limits: { type: "object", additionalProperties: ANY },
});

/** The first place where `value` does not fit, as `pointer: what is wrong`; `null` when it fits. */
export function schemaProblem(value: Json, schema: TranscriptSchema, pointer = ""): string | null {
  if (schema.anyOf !== undefined) {
    const problems = schema.anyOf.map((one) => schemaProblem(value, one, pointer));
    return problems.includes(null) ? null : ((value === null ? problems.at(-1) : problems[0]) ?? null);
  }
  const place = pointer === "" ? "/" : pointer;
  if (schema.const !== undefined && value !== schema.const) return `${place}: must be ${schema.const}`;
  if (schema.enum !== undefined && !(typeof value === "string" && schema.enum.includes(value))) {
    return `${place}: must be one of ${schema.enum.join(", ")}`;
  }
  if (schema.type !== undefined && !hasType(value, schema.type)) {
    return `${place}: must be of type ${schema.type}`;
  }
  return membersProblem(value, schema, pointer);
}

function membersProblem(value: Json, schema: TranscriptSchema, pointer: string): string | null {
  if (isList(value)) {
    const { items } = schema;
    if (items === undefined) return null;
    return firstProblem(value.map((item, index) => () => schemaProblem(item, items, `${pointer}/${index}`)));
  }
  if (typeof value !== "object" || value === null) return null;
  const members = value as { readonly [name: string]: Json };
  const missing = schema.required?.find((name) => !Object.hasOwn(members, name));
  if (missing !== undefined) return `${pointer}/${missing}: is missing`;
  const known = Object.entries(schema.properties ?? {}).filter(([name]) => Object.hasOwn(members, name));
  return firstProblem(
    known.map(
      ([name, one]) =>
        () =>
          schemaProblem(members[name] ?? null, one, `${pointer}/${name}`),
    ),
  );
}

function firstProblem(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const problem = check();
    if (problem !== null) return problem;
  }
  return null;
}

function hasType(value: Json, type: NonNullable<TranscriptSchema["type"]>): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return isList(value);
    case "object":
      return typeof value === "object" && value !== null && !isList(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
