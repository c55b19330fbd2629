/** What a step of a GitHub workflow asks of trainlint: its arguments, and what becomes an output. */
export interface ActionRun {
  readonly argv: readonly string[];
  /** Where the SARIF report goes; `null` where none is wanted. */
  readonly sarifFile: string | null;
}

/** Inputs that go to an option of the same name, once. */
const VALUES = ["target", "context", "platform", "fail-on", "config", "baseline", "category"] as const;

/** Inputs of several lines, each line one value of an option. */
const LISTS = { "build-args": "build-arg", rules: "rule", reports: "format" } as const;

/** What `trainlint check` looks at. */
const SUBJECTS = ["dockerfile", "image", "job"] as const;

/**
 * The run that a step's inputs ask for. The runner hands them over as environment variables; each becomes one
 * argument, whatever is in it, and no shell is involved. Throws an `Error` for a flag that is neither true nor false.
 */
export function actionRun(env: { readonly [name: string]: string | undefined }): ActionRun {
  const input = (name: string): string => (env[`INPUT_${name.toUpperCase()}`] ?? "").trim();
  const subjects = SUBJECTS.flatMap((name) => (input(name) === "" ? [] : [`--${name}=${input(name)}`]));
  const smoke = flag("run", input("run"));
  const checks = subjects.length > 0 || smoke;
  const sarifFile = input("sarif-file") === "" ? null : input("sarif-file");
  const options = [
    "--format=github",
    ...(sarifFile === null ? [] : [`--format=sarif=${sarifFile}`]),
    ...VALUES.flatMap((name) => (input(name) === "" ? [] : [`--${name}=${input(name)}`])),
    ...Object.entries(LISTS).flatMap(([name, option]) =>
      lines(input(name)).map((line) => `--${option}=${line}`),
    ),
  ];
  const more = lines(input("args"));
  const argv = checks
    ? ["check", ...subjects, ...(smoke ? ["--run"] : []), ...options, ...more]
    : ["lint", ...options, ...more, "--", ...lines(input("paths"))];
  return { argv, sarifFile };
}

function flag(name: string, text: string): boolean {
  if (text === "" || text === "false") return false;
  if (text === "true") return true;
  throw new Error(`The input \`${name}\` is true or false, not \`${text}\`.`);
}

function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
