import type { Json } from "../json.ts";
import type { Range } from "../text.ts";

/** A CreateTrainingJob request as the user wrote it, with the place of every value. */
export interface JobModel {
  readonly kind: "job";
  readonly path: string;
  readonly text: string;
  readonly request: { readonly [member: string]: Json };
  /** The range of the value at a JSON pointer; of its key where there is no value; of the whole request for "". */
  readonly rangeOf: (pointer: string) => Range;
}
