/** Forms that nothing else has, and what has them. */
export const KNOWN_FORMS: readonly (readonly [RegExp, string])[] = [
  [/(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/g, "an AWS access key id"],
  [/(?<!\w)hf_[A-Za-z0-9]{30,}/g, "a Hugging Face token"],
  [/(?<!\w)gh[pousr]_[A-Za-z0-9]{36,}/g, "a GitHub token"],
  [/(?<!\w)github_pat_\w{40,}/g, "a GitHub token"],
  [/(?<!\w)glpat-[\w-]{20,}/g, "a GitLab token"],
  [/(?<!\w)xox[abprs]-[\w-]{20,}/g, "a Slack token"],
  [/(?<!\w)sk-(?:proj-|ant-)?[\w-]{32,}/g, "an API key"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/g, "a private key"],
  [/\w:\/\/[^\s:@/]+:[^\s:@/<>{}$*]{6,}@[\w.-]+/g, "an address with a password"],
];

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
