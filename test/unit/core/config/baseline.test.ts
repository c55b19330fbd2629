import { expect, test } from "vitest";
import { applyBaseline, baselineText, entryOf, parseBaseline } from "../../../../src/core/config/baseline.ts";
import { UserError } from "../../../../src/core/errors.ts";
import type { Finding } from "../../../../src/core/finding.ts";
import { finding, LOCATIONS } from "../../report/sample.ts";

const one = finding(LOCATIONS.text);
const other = finding(LOCATIONS.text, { ruleId: "TL102", fingerprint: "ffff" });

const baselineOf = (...findings: Finding[]) =>
  baselineText(findings.map((item) => entryOf(item, (path) => `root/${path}`)));

test("what was accepted is taken out, the rest stays, and what is gone is stale", () => {
  const baseline = parseBaseline(baselineOf(one, other), "b.json");
  const fresh = finding(LOCATIONS.text, { fingerprint: "new" });
  const result = applyBaseline([one, fresh], baseline);
  expect(result.suppressed).toEqual([one]);
  expect(result.kept).toEqual([fresh]);
  expect(result.unmatched.map(({ ruleId }) => ruleId)).toEqual(["TL102"]);
});

test("an entry accepts one finding, not all that look like it", () => {
  const baseline = parseBaseline(baselineOf(one), "b.json");
  expect(applyBaseline([one, one], baseline).kept).toHaveLength(1);
});

test("the order of the findings does not change the file", () => {
  expect(baselineOf(one, other)).toBe(baselineOf(other, one));
});

test.each(["", "[]", '{"version": 2, "findings": []}', '{"version": 1, "findings": [{}]}'])(
  "%j is none",
  (text) => {
    expect(() => parseBaseline(text, "b.json")).toThrow(UserError);
  },
);
