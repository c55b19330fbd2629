/** Where the text of a request comes from. */
export interface JobSource {
  /** Path as it stands in the report; its ending decides between JSON, YAML and a shell script. */
  readonly path: string;
  /** Text of a file that the command names (`file://...`), relative to the script; `null` when it can't be read. */
  readonly readFile?: (path: string) => string | null;
}
