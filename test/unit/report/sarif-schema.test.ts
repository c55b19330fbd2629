import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { sarifSamples } from "./sarif-samples.ts";

const schema = JSON.parse(readFileSync("test/fixtures/sarif/sarif-2.1.0.schema.json", "utf8"));
const validate = new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

test("logs are valid against the schema of SARIF 2.1.0", async () => {
  const samples = await sarifSamples();
  for (const [name, log] of samples) {
    validate(JSON.parse(log));
    expect({ name, errors: validate.errors }).toEqual({ name, errors: null });
  }
});

test("the schema refuses what is not SARIF", async () => {
  const log = JSON.parse((await sarifSamples()).get("rule-examples") ?? "");
  log.runs[0].results[0].level = "fatal";
  expect(validate(log)).toBe(false);
});
