/** What `<...>` or a template's marks stand around; the shell takes the brackets for redirections. */
export const BRACKETED = /<[\p{L}_](?:[\p{L}\p{N}_.:/ ,-]{0,80}[\p{L}\p{N}_])?>/gu;

/** Ways in which people, documents and templates mark what is to be filled in, wherever they stand in a value. */
const MARKS: readonly RegExp[] = [
  /\$\{[A-Za-z_][A-Za-z0-9_.]{0,80}\}/,
  /\{\{[^{}\n]{1,80}\}\}/,
  /#\{[^{}\n]{1,80}\}/,
  /__[A-Z][A-Z0-9_]{0,80}__/,
  /%[A-Z][A-Z0-9_]{0,80}%/,
  /@@[A-Z][A-Z0-9_]{0,80}@@/,
  /\[(?:your|insert|enter|replace)\b[^\][\n]{0,80}\]/i,
];

/** Marks that can be meant as they stand in text of the user's own, such as a hyperparameter. */
const MARKS_OF_FORMAL_TEXT: readonly RegExp[] = [
  /<[\p{L}_][^<>\n]{0,80}>/u,
  /\{[A-Za-z_][A-Za-z0-9_.-]{0,80}\}/,
  /(?<![\w-])your[-_][a-z0-9_-]*[a-z0-9]/i,
  // A part of an ARN or address in capitals, such as `arn:aws:iam::ACCOUNT_ID:role/ROLE_NAME`.
  /(?<=^|[:/.@])(?:[A-Z0-9]+_)*(?:ACCOUNT|REGION|BUCKET|ROLE|IMAGE|REPO|REPOSITORY|TAG|ARN|URI|PREFIX)(?:_[A-Z0-9]+)*(?=$|[:/.@])/,
  /(?<=^|[:/.@])(?:aws[-_])?account[-_]id(?=$|[:/.@])/,
  /(?<=^|[:/.@])X{4,12}(?=$|[:/.@])/i,
  // The type's name, which request syntax pages put in the place of a value.
  /^string$/,
  /^\$[A-Za-z_][A-Za-z0-9_]{0,80}$/,
  /^(?:your|my)-[a-z-]*(?:-here|-arn)$/i,
  /^(?:CHANGE|REPLACE|INSERT|ENTER|FILL)[-_ ]?(?:ME|IN|THIS|WITH|YOUR)\b.{0,80}$/i,
  /^(?:TODO|FIXME|TBD|X{3,12})$/i,
];

/** `<s>` or `<extra_id_0>` may be a token of a model; `<api-key>` or `<your token>` is none. */
const BRACKETED_IN_FREE_TEXT =
  /<(?:(?:your|insert|enter|replace)[-_ ][^<>\n]{0,80}|[\p{L}][\p{L}\p{N} _.-]{0,80}[ _-](?:name|arn|id|bucket|key|token|path|ur[il]|image|region|account|prefix))>/iu;

/**
 * The placeholder in a value, or `null`. `free` text is the user's own, such as a hyperparameter: only what can't
 * be meant as it stands counts there.
 */
export function findPlaceholder(value: string, free: boolean): string | null {
  if (value.length > 4096) return null;
  for (const pattern of free ? [...MARKS, BRACKETED_IN_FREE_TEXT] : [...MARKS, ...MARKS_OF_FORMAL_TEXT]) {
    const match = pattern.exec(value);
    if (match !== null) return match[0];
  }
  return null;
}
