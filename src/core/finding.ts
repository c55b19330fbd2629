import type { Json } from "./json.ts";
import type { Position, Range } from "./text.ts";

/** How much a finding matters; never part of a rule's id. */
export type Severity = "error" | "warning" | "info";

/** What a rule looks at. */
export type SubjectKind = "dockerfile" | "image" | "run" | "job";

/** A stretch of a text file, 1-based, end exclusive. */
export interface TextLocation {
  readonly kind: "text";
  readonly path: string;
  readonly start: Position;
  readonly end: Position;
}

/** A value of the image configuration; `pointer` is a JSON pointer such as `/config/Entrypoint`. */
export interface ImageConfigLocation {
  readonly kind: "image-config";
  readonly image: string;
  readonly pointer: string;
}

/** A file of the image. `layer` is the layer's digest, `instruction` the history entry that made it. */
export interface ImageFileLocation {
  readonly kind: "image-file";
  readonly image: string;
  readonly layer: string | null;
  readonly path: string;
  readonly instruction: string | null;
}

/** A moment or a line of a smoke run. `time` is in seconds since the container was created. */
export interface RunLocation {
  readonly kind: "run";
  readonly image: string;
  readonly stream?: "stdout" | "stderr";
  readonly event?: string;
  readonly line?: number;
  readonly time?: number;
}

/** A value of a training-job request; `pointer` is a JSON pointer into the request. */
export interface JobLocation {
  readonly kind: "job";
  readonly path: string;
  readonly pointer: string;
  readonly start: Position;
  readonly end: Position;
}

export type Location = TextLocation | ImageConfigLocation | ImageFileLocation | RunLocation | JobLocation;

/** Another place that helps to understand a finding, with one sentence on why. */
export interface Related {
  readonly location: Location;
  readonly message: string;
}

/** One replacement in a text file. */
export interface TextEdit {
  readonly range: Range;
  readonly replacement: string;
}

/** A change that removes the finding. `safe` means: nothing else changes about what the image does. */
export interface Fix {
  readonly description: string;
  readonly safe: boolean;
  readonly path: string;
  readonly edits: readonly TextEdit[];
}

/** One result of one rule. */
export interface Finding {
  readonly ruleId: string;
  readonly rule: string;
  /** Key of the rule's message; stable, so that programs need not match prose. */
  readonly messageId: string;
  readonly severity: Severity;
  readonly message: string;
  readonly help: string;
  /** Same finding, same fingerprint, also after lines were added above it. */
  readonly fingerprint: string;
  readonly location: Location;
  readonly evidence: { readonly [key: string]: Json };
  readonly related: readonly Related[];
  readonly fix?: Fix;
}

/** A rule that did not look, and why; not the same as a rule that found nothing. */
export interface Skipped {
  readonly ruleId: string;
  readonly rule: string;
  readonly subject: SubjectKind;
  readonly reason: string;
}

/** What was looked at. `name` is a path or an image name; `source` says what served it. */
export interface SubjectName {
  readonly kind: SubjectKind;
  readonly name: string;
  readonly source?: string;
  /** Of a request: the API model that it was checked against. */
  readonly model?: string;
}

/** A place in a text file. */
export function inText(path: string, range: Range): TextLocation {
  return { kind: "text", path, start: range.start, end: range.end };
}
