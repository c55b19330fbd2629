/** How a registry wants to be shown who asks. */
export interface Challenge {
  readonly scheme: "basic" | "bearer";
  readonly parameters: ReadonlyMap<string, string>;
}

/** The challenges of a `WWW-Authenticate` header that trainlint can answer. Source: RFC 9110, section 11.6.1. */
export function challengesOf(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let parameters: Map<string, string> | null = null;
  for (const match of header.matchAll(/([A-Za-z-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g)) {
    const [, name = "", quoted, plain] = match;
    if (quoted !== undefined || plain !== undefined) {
      parameters?.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "");
      continue;
    }
    const scheme = name.toLowerCase();
    parameters = new Map();
    if (scheme === "basic" || scheme === "bearer") challenges.push({ scheme, parameters });
  }
  return challenges;
}
