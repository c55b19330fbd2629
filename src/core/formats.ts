/** The names of the report formats, as `--format` takes them. */
export const FORMAT_NAMES = ["text", "json", "sarif"] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];
