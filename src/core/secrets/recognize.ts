import { isRandom, knownFormIn, REFERENCE } from "./forms.ts";

/** Names of which the last part says that the value is a secret. */
const SECRET_NAME =
  /(?:^|[_-])(?:password|passwd|secret(?:[_-]?(?:access)?[_-]?key)?|api[_-]?key|private[_-]?key|access[_-]?token|auth[_-]?token|session[_-]?token|token)$/i;

/** One word with a digit in it; a password is rarely random. */
const PASSWORD = /^(?=.*[0-9])(?=.*[A-Za-z])\S{8,}$/;

/** What secret a value is, by its form or its name, for a rule: in doubt none. `null` where it is none. */
export function secretIn(name: string, value: string): string | null {
  const form = knownFormIn(value);
  if (form !== null) return form;
  if (!SECRET_NAME.test(name) || REFERENCE.test(value)) return null;
  if (/passw/i.test(name)) return PASSWORD.test(value) ? "a password" : null;
  if (!isRandom(value)) return null;
  return /token$/i.test(name) ? "a token" : "a secret key";
}
