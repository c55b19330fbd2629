/**
 * JSON Schema of `--format json`, written to `schema/report.schema.json`. Members may be added; none is removed
 * and none changes its meaning without a new `version`.
 */
const text = { type: "string" } as const;
const nullableText = { type: ["string", "null"] } as const;
const count = { type: "integer", minimum: 0 } as const;
const severity = { enum: ["error", "warning", "info"] } as const;
const subjectKind = { enum: ["dockerfile", "image", "run", "job"] } as const;

const reference = (name: string) => ({ $ref: `#/$defs/${name}` });
const list = (items: object) => ({ type: "array", items });

/** An object with exactly these members; `optional` ones may be missing. */
function object(
  required: Record<string, object>,
  optional: Record<string, object> = {},
  description?: string,
) {
  return {
    ...(description === undefined ? {} : { description }),
    type: "object",
    additionalProperties: false,
    required: Object.keys(required),
    properties: { ...required, ...optional },
  };
}

const position = object(
  { line: { type: "integer", minimum: 1 }, column: { type: "integer", minimum: 1 } },
  {},
  "1-based; columns count UTF-16 code units.",
);

const range = { start: reference("position"), end: reference("position") };

const location = {
  description: "Where a finding is; `kind` tells which other members there are. Ends are exclusive.",
  oneOf: [
    object({ kind: { const: "text" }, path: text, ...range }),
    object({ kind: { const: "image-config" }, image: text, pointer: text }),
    object({
      kind: { const: "image-file" },
      image: text,
      layer: nullableText,
      path: text,
      instruction: nullableText,
    }),
    object(
      { kind: { const: "run" }, image: text },
      {
        stream: { enum: ["stdout", "stderr"] },
        event: text,
        line: { type: "integer", minimum: 1 },
        time: { type: "number", minimum: 0, description: "Seconds since the container was created." },
      },
    ),
    object({ kind: { const: "job" }, path: text, pointer: text, ...range }),
  ],
};

const fix = object({
  description: text,
  safe: { type: "boolean", description: "Nothing else changes about what the image does." },
  path: text,
  edits: list(object({ range: object(range), replacement: text })),
});

const finding = object(
  {
    ruleId: { type: "string", pattern: "^TL[1-9][0-9]{2}$" },
    rule: text,
    messageId: text,
    severity,
    message: text,
    help: text,
    fingerprint: {
      type: "string",
      description: "The same for the same finding, also after lines were added above it.",
    },
    location: reference("location"),
    evidence: { type: "object" },
    related: list(object({ location: reference("location"), message: text })),
  },
  { fix: reference("fix"), url: { type: "string", description: "The page of the rule." } },
);

const subject = object(
  { kind: subjectKind, name: text },
  {
    source: { type: "string", description: "What served an image, e.g. `docker`." },
    model: { type: "string", description: "The API model that a request was checked against." },
  },
);

export const REPORT_SCHEMA = {
  ...object(
    {
      version: { const: 1 },
      tool: object({ name: { const: "trainlint" }, version: text }),
      subjects: list(reference("subject")),
      findings: list(reference("finding")),
      skipped: {
        ...list(object({ ruleId: text, rule: text, subject: subjectKind, reason: text })),
        description: "Rules that did not look, and why. That is not a pass.",
      },
      suppressed: {
        ...list(
          object({
            finding: reference("finding"),
            by: { enum: ["inline", "baseline"] },
            reason: nullableText,
          }),
        ),
        description: "Findings that a comment or the baseline took out.",
      },
      problems: {
        ...list(
          object(
            {
              kind: { enum: ["input", "environment", "bug"] },
              subject: { oneOf: [reference("subject"), { type: "null" }] },
              message: text,
              help: nullableText,
              place: {
                oneOf: [
                  object({ path: text }, { line: { type: "integer" }, column: { type: "integer" } }),
                  { type: "null" },
                ],
              },
            },
            {
              lines: {
                ...list(text),
                description: "Lines that show more of it, such as the end of a build's output.",
              },
            },
          ),
        ),
        description: "What could not be looked at, and why. The command ends with 2, 3 or 4 then.",
      },
      summary: object({ error: count, warning: count, info: count }),
    },
    {
      fixes: object(
        {
          written: { type: "boolean", description: "False with `--diff`, which changes nothing." },
          applied: list(reference("finding")),
          refused: {
            ...list(reference("finding")),
            description: "Not fixed, since another finding would have come in their place.",
          },
        },
        {},
        "Only with `lint --fix` and `lint --diff`: what was fixed, or would be.",
      ),
      steps: {
        ...list(
          object({
            name: { enum: ["lint", "build", "inspect", "run", "job"] },
            status: { enum: ["done", "failed", "not-done"] },
            reason: nullableText,
          }),
        ),
        description: "The steps of `trainlint check`, and why one was not done.",
      },
    },
  ),
  $defs: { position, location, fix, finding, subject },
};
