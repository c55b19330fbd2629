import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../../src/core/errors.ts";
import { checkShapes } from "../../../../src/core/job/check-shapes.ts";
import { jobLaunchRequest } from "../../../../src/core/job/launch-request.ts";
import { parseJob } from "../../../../src/core/job/parse.ts";

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/job/${name}`, import.meta.url), "utf8");

function notesOf(text: string, path: string) {
  return parseJob(text, { path }).notes.map(
    ({ kind, range }) => `${kind} ${range.start.line}:${range.start.column}`,
  );
}

describe("JSON", () => {
  it("gives the place of values and keys in UTF-16 columns", () => {
    const job = parseJob('{\r\n  "Environment": { "A": "\u{1F600}", "B": "b" } }', { path: "a.json" });
    expect(job.rangeOf("/Environment/B")).toEqual({
      path: "a.json",
      start: { line: 2, column: 36 },
      end: { line: 2, column: 39 },
    });
    expect(job.keyRangeOf("/Environment/B").start).toEqual({ line: 2, column: 31 });
    expect(job.rangeOf("/Environment/C")).toEqual(job.rangeOf("/Environment"));
  });

  it("reads past comments, trailing commas and repeated keys, and notes them", () => {
    const text = '// a\n{ "Tags": 1, /* b */\n "Tags": [2,], } # c';
    expect(parseJob(text, { path: "a.json" }).request).toEqual({ Tags: [2] });
    expect(notesOf(text, "a.json").toSorted()).toEqual(
      [
        "comment 1:1",
        "comment 2:14",
        "comment 3:18",
        "duplicate-key 3:2",
        "trailing-comma 3:12",
        "trailing-comma 3:14",
      ].toSorted(),
    );
  });

  it("keeps __proto__ a plain key", () => {
    const job = parseJob('{ "RoleArn": "r", "__proto__": { "polluted": true } }', { path: "a.json" });
    expect(Object.getPrototypeOf(job.request)).toBe(Object.prototype);
    expect([...checkShapes(job)].some((found) => found.kind === "unknown-member")).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['{ "A": }', 1, 8],
    ["{\n  A: 1 }", 2, 3],
    ["[]", 1, 1],
    ["", undefined, undefined],
  ])("refuses %j with the place", (text, line, column) => {
    try {
      parseJob(text, { path: "a.json" });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      if (line !== undefined) expect((error as UserError).place).toEqual({ path: "a.json", line, column });
    }
  });

  it.each(["[", '{"a":', "- "])("refuses %j without end", (piece) => {
    for (const path of ["a.json", "a.yaml"]) {
      expect(() => parseJob(piece.repeat(100_000), { path })).toThrow(UserError);
    }
  });
});

describe("YAML", () => {
  it("reads values, aliases and repeated keys with their places", () => {
    const text = "TrainingJobName: demo\nTags:\n  - &t { Key: a, Value: '1' }\n  - *t\nTags2: 1\nTags2: 2\n";
    const job = parseJob(text, { path: "a.yaml" });
    expect(job.request).toEqual({
      TrainingJobName: "demo",
      Tags: [
        { Key: "a", Value: "1" },
        { Key: "a", Value: "1" },
      ],
      Tags2: 2,
    });
    expect(job.rangeOf("/Tags/0/Value")).toEqual({
      path: "a.yaml",
      start: { line: 3, column: 25 },
      end: { line: 3, column: 28 },
    });
    expect(notesOf(text, "a.yaml")).toEqual(["duplicate-key 6:1"]);
  });

  it("refuses aliases that multiply", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 10; level += 1) {
      lines.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(", ")}]`,
      );
    }
    expect(() => parseJob(lines.join("\n"), { path: "a.yaml" })).toThrow(UserError);
  });
});

describe("aws sagemaker create-training-job", () => {
  it("reads the page's example as it is pasted: placeholders, and backslashes inside of quotes", () => {
    const job = parseJob(fixture("page-example.sh"), { path: "page-example.sh" });
    expect(job.placeholders.map(({ text }) => text)).toContain("<your-execution-role-arn>");
    expect(job.notes[0]).toMatchObject({
      kind: "backslash-in-quotes",
      range: { start: { line: 5, column: 34 } },
    });
    expect([...checkShapes(job)]).toEqual([]);
    expect(job.rangeOf("/StoppingCondition/MaxRuntimeInSeconds").start).toEqual({ line: 19, column: 50 });
  });

  it("reads the filled-in example: variables, shorthand, flags, words of a list", () => {
    const job = parseJob(fixture("page-example-filled.sh"), { path: "x.sh" });
    expect(job.notes).toEqual([]);
    expect([...job.unknown.keys()]).toEqual(["/RoleArn"]);
    expect([...checkShapes(job)]).toEqual([]);
    expect(job.request).toMatchObject({
      TrainingJobName: "entry-demo-1",
      OutputDataConfig: { S3OutputPath: "s3://custom-entrypoint-output-bucket/" },
      ResourceConfig: { VolumeSizeInGB: 10, InstanceCount: 1, InstanceType: "ml.m5.2xlarge" },
      HyperParameters: { epochs: "3", lr: "0.1" },
      EnableNetworkIsolation: false,
      StoppingCondition: { MaxRuntimeInSeconds: 180 },
    });
    expect(job.request.Tags).toHaveLength(2);
    expect(job.rangeOf("/ResourceConfig/InstanceCount").start).toEqual({ line: 20, column: 55 });
    expect(jobLaunchRequest(job)).toMatchObject({
      containerEntrypoint: ["/bin/sh"],
      channels: [{ name: "code", inputMode: "File" }],
      hyperparameters: { epochs: "3", lr: "0.1" },
      stopping: { maxRuntimeInSeconds: 180 },
      checkpointLocalPath: null,
    });
  });

  it("follows --cli-input-json, and lets options win over it", () => {
    const text =
      "aws sagemaker create-training-job --cli-input-json file://job.json --training-job-name own\n";
    const readFile = (path: string) =>
      path === "job.json" ? { path, text: '{ "TrainingJobName": "file", "RoleArn": "r" }' } : null;
    const job = parseJob(text, { path: "x.sh", readFile });
    expect(job.request).toEqual({ RoleArn: "r", TrainingJobName: "own" });
    expect(notesOf(text, "x.sh")).toEqual(["unread-file 1:52"]);
  });

  it("keeps what surrounds a variable inside of JSON", () => {
    const text = `aws sagemaker create-training-job --resource-config "{\\"InstanceType\\": \\"$TYPE\\", \\"InstanceCount\\": 2}"\n`;
    const job = parseJob(text, { path: "x.sh" });
    expect(job.request).toEqual({ ResourceConfig: { InstanceType: null, InstanceCount: 2 } });
    expect([...job.unknown.keys()]).toEqual(["/ResourceConfig/InstanceType"]);
  });

  it("refuses a script without the command", () => {
    expect(() => parseJob("echo aws sagemaker\n", { path: "x.sh" })).toThrow(UserError);
  });
});

describe("any text", () => {
  const pieces = fc.constantFrom(
    '{"',
    '":',
    "{",
    "}",
    "[",
    "]",
    ",",
    '"',
    "'",
    "\\",
    "\n",
    "$A",
    "${",
    "$(",
    "<a>",
    "file://a",
    "--tags",
    "=",
    " ",
    "a",
    "1",
    "\u{1F600}",
    "aws sagemaker create-training-job ",
    "--resource-config ",
    "--cli-input-json ",
    "#",
    "- ",
    ": ",
    "&a ",
    "*a ",
    "<<EOF",
  );
  it.each(["a.json", "a.yaml", "a.sh"])(
    "%s gives a request or a UserError, and its check never throws",
    (path) => {
      fc.assert(
        fc.property(
          fc.oneof(
            fc.array(pieces, { maxLength: 30 }).map((words) => words.join("")),
            fc.json(),
          ),
          (text) => {
            try {
              const job = parseJob(path === "a.sh" ? `aws sagemaker create-training-job ${text}` : text, {
                path,
                readFile: () => ({ path: "b.json", text }),
              });
              for (const violation of checkShapes(job)) job.rangeOf(violation.pointer);
              jobLaunchRequest(job);
            } catch (error) {
              if (!(error instanceof UserError)) throw error;
            }
          },
        ),
        { numRuns: 500 },
      );
    },
  );
});
