/** The names of the report formats, as `--format` takes them. */
export const FORMAT_NAMES = [
  "text",
  "json",
  "sarif",
  "junit",
  "checkstyle",
  "gitlab",
  "github",
  "rdjson",
  "unix",
  "markdown",
  "html",
] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];
