import { describe, expect, it } from "vitest";
import { UserError } from "../../../../src/core/errors.ts";
import { parseTranscript } from "../../../../src/core/run/parse-transcript.ts";
import { transcriptOf } from "../../../../src/core/run/transcript.ts";

const good = transcriptOf();

function problem(value: unknown): string {
  try {
    parseTranscript(typeof value === "string" ? value : JSON.stringify(value), "run.json");
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).place).toEqual({ path: "run.json" });
    return (error as UserError).message;
  }
  return "";
}

describe("parseTranscript", () => {
  it("gives back what was written", () => {
    expect(parseTranscript(JSON.stringify(good), "run.json")).toEqual(good);
  });

  it.each([
    ["{", /^This is not JSON/],
    ["[]", /\/: must be of type object/],
    ["null", /\/: must be of type object/],
    [{ ...good, version: 2 }, /version 2; version 1/],
    [{ ...good, kind: "image" }, /\/kind: must be run/],
    [{ ...good, argv: undefined }, /\/argv: is missing/],
    [{ ...good, argv: [1] }, /\/argv\/0: must be of type string/],
    [{ ...good, stop: { seconds: "1", killed: false } }, /\/stop\/seconds: must be of type number/],
    [{ ...good, events: [{ name: "party", at: 0 }] }, /\/events\/0\/name: must be one of created/],
    [{ ...good, processEnds: [null] }, /\/processEnds\/0: must be of type object/],
  ])("says what is wrong with %j", (value, message) => {
    expect(problem(value)).toMatch(message);
  });
});
