/** Forms that nothing else has. */
const KNOWN_FORMS: readonly (readonly [RegExp, string])[] = [
  [/(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/, "an AWS access key id"],
  [/(?<!\w)hf_[A-Za-z0-9]{30,}/, "a Hugging Face token"],
  [/(?<!\w)gh[pousr]_[A-Za-z0-9]{36,}/, "a GitHub token"],
  [/(?<!\w)github_pat_\w{40,}/, "a GitHub token"],
  [/(?<!\w)glpat-[\w-]{20,}/, "a GitLab token"],
  [/(?<!\w)xox[abprs]-[\w-]{20,}/, "a Slack token"],
  [/(?<!\w)sk-(?:proj-|ant-)?[\w-]{32,}/, "an API key"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/\w:\/\/[^\s:@/]+:[^\s:@/<>{}$*]{6,}@[\w.-]+/, "an address with a password"],
];

/** Names of which the last part says that the value is a secret. */
const SECRET_NAME =
  /(?:^|[_-])(?:password|passwd|secret(?:[_-]?(?:access)?[_-]?key)?|api[_-]?key|private[_-]?key|access[_-]?token|auth[_-]?token|session[_-]?token|token)$/i;

/** A stretch of letters and digits that no name of a secret has, or the whole of an AWS secret key. */
function isRandom(value: string): boolean {
  const stretches = value.match(/[A-Za-z0-9]{16,}/g) ?? [];
  return (
    stretches.some((stretch) => /[0-9]/.test(stretch) && /[A-Za-z]/.test(stretch)) ||
    /^[A-Za-z0-9+/]{40}$/.test(value)
  );
}

/** One word with a digit in it; a password is rarely random. */
const PASSWORD = /^(?=.*[0-9])(?=.*[A-Za-z])\S{8,}$/;

/** Names and addresses of secrets and files, which are none themselves. */
const REFERENCE = /^(?:arn:|[\w+.-]+:\/\/|\/|\.{1,2}\/|\$|ssm:)|\.(?:txt|json|pem|env|ya?ml|model)$/;

/** What secret a value is, by its form or its name; `null` where it is none. */
export function secretIn(name: string, value: string): string | null {
  const form = KNOWN_FORMS.find(([pattern]) => pattern.test(value));
  if (form !== undefined) return form[1];
  if (!SECRET_NAME.test(name) || REFERENCE.test(value)) return null;
  if (/passw/i.test(name)) return PASSWORD.test(value) ? "a password" : null;
  if (!isRandom(value)) return null;
  return /token$/i.test(name) ? "a token" : "a secret key";
}
