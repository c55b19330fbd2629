import type { Json } from "../json.ts";
import type { Place } from "./places.ts";

/** How the request was written. */
export type JobFormat = "json" | "yaml" | "cli";

/** What was wrong with how the request is written, though it could be read. */
export type JobNoteKind =
  | "comment"
  | "byte-order-mark"
  | "carriage-return"
  | "trailing-comma"
  | "duplicate-key"
  | "backslash-in-quotes"
  | "unknown-option"
  | "missing-value"
  | "surplus-word"
  | "space-after-backslash"
  | "brace-expansion"
  | "unreadable-value"
  | "unread-file"
  | "more-commands";

/** Something about the writing of the request that the AWS CLI refuses or that could not be followed. */
export interface JobNote {
  readonly kind: JobNoteKind;
  /** What it is about: the key, the option, the file or the parser's words. */
  readonly subject: string;
  readonly range: Place;
}

/** A value that was left for the reader to fill in, such as `<your-role-arn>`. */
export interface Placeholder {
  readonly pointer: string;
  /** The stretch of the value that is the placeholder. */
  readonly text: string;
  readonly range: Place;
}

/** A CreateTrainingJob request as the user wrote it, with the place of every value. */
export interface JobModel {
  readonly kind: "job";
  /** The file that was given; the request may stand in another one that it names. */
  readonly path: string;
  readonly text: string;
  /** The texts of the other files that the request stands in, by the path in their places. */
  readonly files: ReadonlyMap<string, string>;
  readonly format: JobFormat;
  /** Values that are not known here are `null` and their pointers are in `unknown`. */
  readonly request: { readonly [member: string]: Json };
  /** The range of the value at a JSON pointer, or of the nearest value around it; of the whole request for "". */
  readonly rangeOf: (pointer: string) => Place;
  /** The range of the key at a JSON pointer (of a list's item: the item), or of the nearest one around it. */
  readonly keyRangeOf: (pointer: string) => Place;
  /** Pointers of values that rest on a variable or a file that is not at hand, and why. */
  readonly unknown: ReadonlyMap<string, string>;
  readonly placeholders: readonly Placeholder[];
  /** Pointers of objects and lists that may hold more than is known: left out, or set where nobody can look. */
  readonly open: ReadonlySet<string>;
  /** The `...` that examples put in the place of members and items. */
  readonly leftOut: readonly Placeholder[];
  readonly notes: readonly JobNote[];
}
