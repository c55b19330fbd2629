import type { KnownBase } from "../model.ts";

/** A row of the table: the names and tags it holds for, and what such an image passes on. */
export interface BaseRow {
  /** Repositories in their normal form (see `splitReference`), `*` for any text without a slash. */
  readonly repositories: readonly string[];
  /** Tags it holds for, "" for a reference without one; every tag where it is missing. */
  readonly tags?: RegExp;
  /** Accounts whose registries it holds for, where the repository is one of Amazon ECR; all where missing. */
  readonly accounts?: ReadonlySet<string>;
  readonly base: KnownBase;
}

/** The day the sources were read, YYYY-MM-DD. */
export const AS_OF = "2026-11-24";

/** What is told of an image; what a row leaves out is not known. */
export type BaseFacts = Pick<KnownBase, "family" | "source"> & Partial<Omit<KnownBase, "asOf">>;

/** The known base of these facts: nothing is known of a program `train`, or of the toolkit, unless they say so. */
export function knownBase(facts: BaseFacts): KnownBase {
  return { config: {}, train: "unknown", toolkit: "unknown", kind: "other", ...facts, asOf: AS_OF };
}

/** The facts of an image that has neither a program `train` nor the SageMaker training toolkit. */
export function withoutTrain(facts: BaseFacts): KnownBase {
  return knownBase({ train: "absent", toolkit: "absent", ...facts });
}
