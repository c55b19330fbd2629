import { expect, it } from "vitest";
import { execForm } from "../../../../src/core/dockerfile/exec-form.ts";

const source = (text: string) => ({ text, pieces: [{ offset: 0, position: { line: 3, column: 5 } }] });
const columns = (text: string) => {
  const form = execForm(source(text));
  if (form.form === "exec") return form.ranges.map((range) => [range.start.column, range.end.column]);
  return form.broken === null ? null : [form.broken.range.start.column, form.broken.range.end.column];
};

it("takes an array of strings, with the range of each element", () => {
  const form = execForm(source('["a", "b\\u0041\\n"]'));
  expect(form.form === "exec" && form.elements).toEqual(["a", "bA\n"]);
  expect(columns('["a", "bb"]')).toEqual([
    [6, 9],
    [11, 15],
  ]);
  expect(execForm(source("[ ]"))).toEqual({ form: "exec", elements: [], ranges: [] });
});

it("reads what does not begin with a bracket as shell form", () => {
  expect(execForm(source("python train.py"))).toEqual({ form: "shell", broken: null });
});

it.each([
  ["['python']", /single quotes/, [6, 14]],
  ["[\u201cpython\u201d]", /typographic/, [6, 14]],
  ['["a" "b"]', /comma is missing/, [10, 13]],
  ['["a", b]', /not in double quotes/, [11, 12]],
  ['["a",]', /comma before the closing/, [9, 10]],
  ['["a", 1]', /must be a string/, [11, 12]],
  ['["a"', /closing bracket is missing/, [5, 6]],
  ['["a\\q"]', /JSON does not allow/, [6, 11]],
  ['["a"] tail', /text behind the closing bracket/, [11, 15]],
  ['["a"] # comment', /comment on the same line/, [11, 20]],
])("says what is wrong with %s, and where", (text, reason, place) => {
  const form = execForm(source(text));
  expect(form.form === "shell" && form.broken?.reason).toMatch(reason);
  expect(columns(text)).toEqual(place);
});
