/** Ways in which people and documents mark what the reader must fill in. */
const PLACEHOLDERS: readonly RegExp[] = [
  /<[A-Za-z_][^<>\n]{0,80}>/,
  /\$\{[A-Za-z_][A-Za-z0-9_.]{0,80}\}/,
  /\{\{[^{}\n]{1,80}\}\}/,
  /^\$[A-Za-z_][A-Za-z0-9_]{0,80}$/,
  // The type name that request syntax pages and `--generate-cli-skeleton input` put in the place of a value.
  /^string$/,
  /^(?:your|my)-[a-z-]*(?:-here|-arn)$/i,
  /^(?:CHANGEME|CHANGE_ME|REPLACE_ME|REPLACEME|TODO|FIXME|X{3,12})$/i,
];

/** The placeholder in a value, or `null`. */
export function findPlaceholder(value: string): string | null {
  if (value.length > 4096) return null;
  for (const pattern of PLACEHOLDERS) {
    const match = pattern.exec(value);
    if (match !== null) return match[0];
  }
  return null;
}
