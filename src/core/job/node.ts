import type { Place } from "./places.ts";

/** That a value holds more than what is known of it. */
export interface Partial {
  /** The `...` that says so; `null` where it follows from something else, such as a variable among the options. */
  readonly elision: Place | null;
}

/** A value as it is written, whatever the notation, with the place of it and of every key. */
export type JobNode =
  | {
      readonly kind: "object";
      readonly members: readonly JobMember[];
      readonly range: Place;
      readonly partial?: Partial;
    }
  | {
      readonly kind: "array";
      readonly items: readonly JobNode[];
      readonly range: Place;
      readonly partial?: Partial;
    }
  | { readonly kind: "scalar"; readonly value: string | number | boolean | null; readonly range: Place }
  | {
      readonly kind: "unknown";
      readonly why: string;
      readonly range: Place;
      /** The words that stand where the value is still to be filled in. */
      readonly placeholder?: string;
    };

export type ObjectNode = Extract<JobNode, { kind: "object" }>;

export interface JobMember {
  readonly name: string;
  readonly keyRange: Place;
  readonly node: JobNode;
}

/** How deep values may nest; the API's own request is at most seven levels deep. */
export const MAX_DEPTH = 64;

/** UTF-16 code units of a request file. */
export const MAX_LENGTH = 4 * 1024 * 1024;
