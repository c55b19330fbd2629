import type { Range } from "../text.ts";

/** A value as it is written, whatever the notation, with the place of it and of every key. */
export type JobNode =
  | { readonly kind: "object"; readonly members: readonly JobMember[]; readonly range: Range }
  | { readonly kind: "array"; readonly items: readonly JobNode[]; readonly range: Range }
  | { readonly kind: "scalar"; readonly value: string | number | boolean | null; readonly range: Range }
  | { readonly kind: "unknown"; readonly why: string; readonly range: Range };

export interface JobMember {
  readonly name: string;
  readonly keyRange: Range;
  readonly node: JobNode;
}

/** How deep values may nest; the API's own request is at most seven levels deep. */
export const MAX_DEPTH = 64;

/** UTF-16 code units of a request file. */
export const MAX_LENGTH = 4 * 1024 * 1024;
