import type { Shape } from "./shape.ts";
import { JOB_MODEL, SHAPES } from "./shapes.generated.ts";

/** What the report calls the model that limits are taken from. */
export const MODEL_NAME = `${JOB_MODEL.library}, SageMaker API ${JOB_MODEL.apiVersion}`;

/** The shape of this name. Throws a plain error on a name the model doesn't have: a bug of the caller. */
export function shapeOf(name: string): Shape {
  const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
  if (shape === undefined) throw new Error(`no shape called ${name}`);
  return shape;
}

/** The shape of the whole request. */
export function requestShape(): Shape {
  return shapeOf(JOB_MODEL.root);
}

/**
 * What a request needs besides the model's required members. Before `ServerlessJobConfig` came, the model required
 * them of every job, and a job that runs a container still needs them.
 */
export const CONTAINER_JOB_MEMBERS: readonly string[] = [
  "AlgorithmSpecification",
  "ResourceConfig",
  "StoppingCondition",
];

const patterns = new Map<string, RegExp>();

/**
 * A Java pattern of the model as a JavaScript one that must match the whole string. `.` matches line breaks too:
 * whether the service refuses them is not known, and a pattern is never the reason to call them wrong.
 */
export function wholePattern(java: string): RegExp {
  const known = patterns.get(java);
  if (known !== undefined) return known;
  const converted = java
    .replaceAll("\\p{Alnum}", "A-Za-z0-9")
    // V8 unrolls counted repetitions, and runs out of memory on this one; the length is checked before.
    .replaceAll("{1,2048}", "+");
  const pattern = new RegExp(`^(?:${converted})$`, /\\p\{/.test(converted) ? "su" : "s");
  patterns.set(java, pattern);
  return pattern;
}
