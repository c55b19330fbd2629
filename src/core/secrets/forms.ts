/** A form that nothing else has. */
export interface KnownForm {
  readonly pattern: RegExp;
  readonly what: string;
  /**
   * Of which each such secret has one, in these letters: looking for them takes a text a tenth of the time, and
   * compiling a pattern takes longer than either.
   */
  readonly marks: readonly string[];
}

export const PRIVATE_KEY: KnownForm = {
  pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/g,
  what: "a private key",
  marks: ["-----BEGIN "],
};

const ADDRESS_WITH_PASSWORD: KnownForm = {
  pattern: /\w:\/\/[^\s:@/]+:[^\s:@/<>{}$*]{6,}@[\w.-]+/g,
  what: "an address with a password",
  marks: ["@"],
};

/** Those that are secret from start to end. */
export const WHOLE_SECRETS: readonly KnownForm[] = [
  {
    pattern: /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/g,
    what: "an AWS access key id",
    marks: ["AKIA", "ASIA"],
  },
  { pattern: /(?<!\w)hf_[A-Za-z0-9]{30,}/g, what: "a Hugging Face token", marks: ["hf_"] },
  {
    pattern: /(?<!\w)gh[pousr]_[A-Za-z0-9]{36,}/g,
    what: "a GitHub token",
    marks: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
  },
  { pattern: /(?<!\w)github_pat_\w{40,}/g, what: "a GitHub token", marks: ["github_pat_"] },
  { pattern: /(?<!\w)glpat-[\w-]{20,}/g, what: "a GitLab token", marks: ["glpat-"] },
  { pattern: /(?<!\w)xox[abprs]-[\w-]{20,}/g, what: "a Slack token", marks: ["xox"] },
  { pattern: /(?<!\w)sk-(?:proj-|ant-)?[\w-]{32,}/g, what: "an API key", marks: ["sk-"] },
];

/** Whether it is worth to look for the form. */
export function hasMark(text: string, { marks }: KnownForm): boolean {
  return marks.some((mark) => text.includes(mark));
}

/** What secret there is in the text by its form alone; `null` where none is. */
export function knownFormIn(text: string): string | null {
  const form = [...WHOLE_SECRETS, PRIVATE_KEY, ADDRESS_WITH_PASSWORD].find(
    (known) => hasMark(text, known) && text.search(known.pattern) !== -1,
  );
  return form?.what ?? null;
}

/** A stretch of letters and digits that no name of a secret has, or the whole of an AWS secret key. */
export function isRandom(value: string): boolean {
  const stretches = value.match(/[A-Za-z0-9]{16,}/g) ?? [];
  return (
    stretches.some((stretch) => /[0-9]/.test(stretch) && /[A-Za-z]/.test(stretch)) ||
    /^[A-Za-z0-9+/]{40}$/.test(value)
  );
}

/** Names and addresses of secrets and files, which are none themselves. */
export const REFERENCE = /^(?:arn:|[\w+.-]+:\/\/|\/|\.{1,2}\/|\$|ssm:)|\.(?:txt|json|pem|env|ya?ml|model)$/;
