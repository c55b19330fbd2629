import type { JobText } from "./job-text.ts";

/** Where the text of a request comes from. */
export interface JobSource {
  /** Path as it stands in the report; its ending decides between JSON, YAML and a shell script. */
  readonly path: string;
  /** The file that the command names (`file://...`), relative to the script; `null` when it can't be read. */
  readonly readFile?: (path: string) => { readonly path: string; readonly text: string } | null;
}

/** Reads the files that a script names, and keeps what was read. */
export interface JobFiles {
  readonly read: (path: string) => JobText | null;
}
