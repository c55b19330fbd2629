import { describe, expect, it } from "vitest";
import { checkShapes } from "../../../../src/core/job/check-shapes.ts";
import { parseJob } from "../../../../src/core/job/parse.ts";
import { pointerOf } from "../../../../src/core/job/pointer.ts";
import type { Shape } from "../../../../src/core/job/shape.ts";
import { SHAPES } from "../../../../src/core/job/shapes.generated.ts";
import { requestShape, shapeOf, wholePattern } from "../../../../src/core/job/shapes.ts";
import type { Json } from "../../../../src/core/json.ts";

type Path = readonly (string | number)[];

/** A string of each shape whose pattern asks for more than characters. */
const SAMPLES: { readonly [shape: string]: string } = {
  FileSystemId: "fs-01234567",
  HubDataSetArn: "arn:aws:sagemaker:eu-west-1:123456789012:hub-content/hub/DataSet/data/1.0.0",
  MlFlowResourceArn: "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/x",
  ModelPackageArn: "arn:aws:sagemaker:eu-west-1:123456789012:model-package/x/1",
  ModelPackageGroupArn: "arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/x",
  RoleArn: "arn:aws:iam::123456789012:role/Train",
  S3Uri: "s3://bucket/prefix",
  SequenceLength: "8K",
  ServerlessJobBaseModelArn: "arn:aws:sagemaker:eu-west-1:aws:hub-content/hub/Model/model/1.0.0",
  TrainingPlanArn: "arn:aws:sagemaker:eu-west-1:123456789012:training-plan/plan",
  TrainingRepositoryCredentialsProviderArn: "arn:aws:lambda:eu-west-1:123456789012:function:f",
};

function stringOf(name: string, length?: number): string {
  const shape = shapeOf(name);
  if (shape.enum !== undefined) return shape.enum[0] ?? "";
  const sample = SAMPLES[name] ?? "a".repeat(Math.max(1, shape.min ?? 0));
  if (length === undefined) return sample;
  return sample.slice(0, length).padEnd(length, name === "SequenceLength" ? "1" : "a");
}

function valid(name: string): Json {
  const shape = shapeOf(name);
  switch (shape.type) {
    case "structure":
      return Object.fromEntries(
        (shape.required ?? []).map((member) => [member, valid(shape.members?.[member] ?? "")]),
      );
    case "map":
      return { [stringOf(shape.key ?? "")]: valid(shape.value ?? "") };
    case "list":
      return Array.from({ length: Math.max(1, shape.min ?? 0) }, () => valid(shape.member ?? ""));
    case "boolean":
      return true;
    case "string":
      return stringOf(name);
    default:
      return Math.max(1, shape.min ?? 0);
  }
}

/** The first place of every shape in the request, shortest path first. */
function places(): Map<string, Path> {
  const found = new Map<string, Path>();
  const queue: { shape: Shape; path: Path }[] = [{ shape: requestShape(), path: [] }];
  for (const { shape, path } of queue) {
    const next: [string, string | number][] = Object.entries(shape.members ?? {}).map(([member, name]) => [
      name,
      member,
    ]);
    if (shape.type === "list" && shape.member !== undefined) next.push([shape.member, 0]);
    if (shape.type === "map" && shape.value !== undefined)
      next.push([shape.value, stringOf(shape.key ?? "")]);
    for (const [name, part] of next) {
      if (found.has(name)) continue;
      found.set(name, [...path, part]);
      queue.push({ shape: shapeOf(name), path: [...path, part] });
    }
  }
  return found;
}

/** A valid request with `value` at `path`; what lies around it is made valid too. */
function requestWith(path: Path, value: Json): Json {
  const build = (shape: Shape, rest: Path, name: string): Json => {
    const [part, ...after] = rest;
    if (part === undefined) return value;
    const inner = typeof part === "number" ? shape.member : (shape.members?.[part] ?? shape.value);
    const built = build(shapeOf(inner ?? ""), after, inner ?? "");
    if (shape.type === "list") return [built, ...(valid(name) as Json[]).slice(1)];
    const around =
      shape.type === "map" ? {} : name === "" ? rootValid() : (valid(name) as { [member: string]: Json });
    return { ...(around as { [member: string]: Json }), [part]: built };
  };
  return build(requestShape(), path, "");
}

function rootValid(): { [member: string]: Json } {
  const members = requestShape().members ?? {};
  const names = [
    ...(requestShape().required ?? []),
    "AlgorithmSpecification",
    "ResourceConfig",
    "StoppingCondition",
  ];
  return Object.fromEntries(names.map((name) => [name, valid(members[name] ?? "")]));
}

function violations(request: Json, path: Path): string[] {
  const pointer = pointerOf(...path);
  return [...checkShapes(parseJob(JSON.stringify(request), { path: "a.json" }))].map((found) =>
    found.pointer === pointer ? found.kind : `${found.kind} at ${found.pointer}`,
  );
}

function listOf(shape: Shape, length: number): Json {
  return Array.from({ length }, () => valid(shape.member ?? ""));
}

const PLACES = places();

it("accepts a request of required members alone", () => {
  expect(violations(rootValid(), [])).toEqual([]);
});

it("finds every shape of the model in the request, but keys", () => {
  const keys = new Set(Object.values(SHAPES).map((shape) => shape.key));
  const missing = Object.keys(SHAPES).filter((name) => !PLACES.has(name) && !keys.has(name));
  expect(missing).toEqual(["CreateTrainingJobRequest"]);
});

describe.each([...PLACES].map(([name, path]) => ({ name, path })))("$name", ({ name, path }) => {
  const shape = shapeOf(name);
  const at = (value: Json) => violations(requestWith(path, value), path);

  it("takes a valid value, and no other type", () => {
    expect(at(valid(name))).toEqual([]);
    expect(at(shape.type === "string" ? 1 : "text")).toEqual(["type"]);
    expect(at(null)).toEqual(["type"]);
  });

  if (shape.type === "integer") {
    it("is limited below and above", () => {
      if (shape.min !== undefined) expect([at(shape.min), at(shape.min - 1)]).toEqual([[], ["range"]]);
      if (shape.max !== undefined) expect([at(shape.max), at(shape.max + 1)]).toEqual([[], ["range"]]);
      expect(at(1.5)).toEqual(["type"]);
    });
  }
  if (shape.type === "list") {
    it("is limited in items", () => {
      if (shape.max !== undefined) {
        expect(at(listOf(shape, shape.max))).toEqual([]);
        expect(at(listOf(shape, shape.max + 1))).toEqual(["length"]);
      }
      if (shape.min !== undefined && shape.min > 0)
        expect(at(listOf(shape, shape.min - 1))).toEqual(["length"]);
    });
  }
  if (shape.type === "map") {
    it("is limited in entries", () => {
      const entries = (count: number) =>
        Object.fromEntries(
          Array.from({ length: count }, (_, index) => [`k${index}`, valid(shape.value ?? "")]),
        );
      if (shape.max !== undefined)
        expect([at(entries(shape.max)), at(entries(shape.max + 1))]).toEqual([[], ["length"]]);
    });
  }
  if (shape.type === "string" && shape.enum !== undefined) {
    it("takes every name of the enum, and no other", () => {
      for (const value of shape.enum ?? []) expect(at(value)).toEqual([]);
      expect(at("NoSuchName")).toEqual(["enum"]);
    });
  }
  if (shape.type === "string" && shape.enum === undefined) {
    it("is limited in length", () => {
      const { max, min, pattern } = shape;
      if (max !== undefined) {
        const longest = stringOf(name, max);
        expect(at(longest)).toEqual(
          pattern === undefined || wholePattern(pattern).test(longest) ? [] : ["pattern"],
        );
        expect(at(stringOf(name, max + 1))).toEqual(["length"]);
      }
      if (min !== undefined && min > 0) expect(at(stringOf(name, min - 1))).toEqual(["length"]);
    });
    if (shape.pattern !== undefined && !wholePattern(shape.pattern).test("!\u0001 /")) {
      it("must match its pattern", () => {
        const wrong = "!\u0001 /".padEnd(Math.max(4, shape.min ?? 0), "!");
        expect(at(wrong)).toEqual(["pattern"]);
      });
    }
  }
});
