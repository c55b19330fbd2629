import { configSchema } from "../../src/core/config/schema.ts";
import type { Rule } from "../../src/core/rule.ts";
import { TRANSCRIPT_SCHEMA } from "../../src/core/run/transcript-schema.ts";
import { REPORT_SCHEMA } from "../../src/report/report-schema.ts";

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

/** Path → content of `schema/`. */
export function schemas(rules: readonly Rule[]): [string, string][] {
  return [
    ["schema/report.schema.json", schemaText("trainlint report", REPORT_SCHEMA)],
    ["schema/config.schema.json", schemaText("trainlint configuration", configSchema(rules))],
    ["schema/transcript.schema.json", schemaText("trainlint transcript of a smoke run", TRANSCRIPT_SCHEMA)],
  ];
}

function schemaText(title: string, schema: object): string {
  return `${JSON.stringify({ $schema: DRAFT, title, ...schema }, null, 2)}\n`;
}
