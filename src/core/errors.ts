/** Where in the user's input something is wrong; lines and columns are 1-based. */
export interface InputPlace {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * The user's input or options are wrong: exit code 2. `message` says what is wrong, `help` what to do.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly help: string | undefined;
  readonly place: InputPlace | undefined;
  /** Lines that show more of it, such as the end of a build's output. */
  readonly lines: readonly string[];

  constructor(
    message: string,
    details: { help?: string; place?: InputPlace; lines?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.help = details.help;
    this.place = details.place;
    this.lines = details.lines ?? [];
  }
}

/**
 * Something around trainlint is missing or broke (no engine, no registry, a full disk): exit code 3.
 */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  readonly help: string | undefined;

  constructor(message: string, details: { help?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.help = details.help;
  }
}
