import { describe, expect, it } from "vitest";
import { dockerfileModel } from "../../../../src/core/dockerfile/dockerfile.ts";
import { runRules } from "../../../../src/core/engine.ts";
import { composeImage } from "../../../../src/core/image/compose.ts";
import { parseJob } from "../../../../src/core/job/parse.ts";
import { replacedReason } from "../../../../src/core/job/replaced.ts";
import { rules } from "../../../../src/rules/index.ts";

function jobWith(members: object) {
  return parseJob(JSON.stringify({ AlgorithmSpecification: { TrainingInputMode: "File", ...members } }), {
    path: "job.json",
  });
}

const NEITHER = jobWith({});
const ENTRYPOINT = jobWith({ ContainerEntrypoint: ["/bin/sh"] });
const ARGUMENTS = jobWith({ ContainerArguments: ["train"] });
const UNKNOWN = parseJob(
  "aws sagemaker create-training-job --algorithm-specification '{\"ContainerEntrypoint\": '\"$WORDS\"'}'",
  { path: "x.sh" },
);

describe("what a request replaces", () => {
  it.each([
    ["entrypoint", NEITHER, false],
    ["entrypoint", ENTRYPOINT, true],
    ["entrypoint", ARGUMENTS, false],
    ["entrypoint", UNKNOWN, true],
    ["train", NEITHER, false],
    ["train", ENTRYPOINT, true],
    ["train", ARGUMENTS, true],
  ] as const)("%s", (part, job, replaced) => {
    expect(replacedReason([part], job) !== null).toBe(replaced);
    expect(replacedReason([], job)).toBeNull();
  });

  it("keeps rules on the image's own ENTRYPOINT from judging, with the reason", () => {
    const image = composeImage({ config: { Entrypoint: ["/bin/sh", "-c", "tini -- x"] } });
    const dockerfile = dockerfileModel("FROM python:3.12\nENTRYPOINT tini -- python x.py\n", { path: "D" });
    const ids = (job: typeof NEITHER) => {
      const { findings, skipped } = runRules(rules, { dockerfile, image, job });
      const of = ["TL101", "TL102", "TL103"];
      return {
        found: findings.filter(({ ruleId }) => of.includes(ruleId)).length,
        skipped: skipped.filter(
          ({ ruleId, reason }) => of.includes(ruleId) && reason.includes("ContainerEntrypoint"),
        ),
      };
    };
    expect(ids(NEITHER).found).toBeGreaterThan(0);
    expect(ids(ENTRYPOINT).found).toBe(0);
    expect(ids(ENTRYPOINT).skipped).toHaveLength(6);
  });

  it("judges a request with the built image alone where there is one", () => {
    const dockerfile = dockerfileModel("FROM scratch\nCOPY a /a\n", { path: "D" });
    const image = composeImage({ config: { Entrypoint: ["/a"] } });
    const found = (subjects: object) =>
      runRules(rules, subjects).findings.filter(({ ruleId }) => ruleId === "TL621").length;
    expect(found({ dockerfile, job: ARGUMENTS })).toBe(1);
    expect(found({ dockerfile, image, job: ARGUMENTS })).toBe(0);
  });
});

it("every rule on entrypoints says which part of the launch it assumes", () => {
  const silent = rules.filter(
    ({ id, subjects, assumes }) =>
      id.startsWith("TL1") &&
      assumes === undefined &&
      subjects.some((kind) => kind !== "run" && kind !== "job"),
  );
  expect(silent.map(({ id }) => id)).toEqual([]);
});
