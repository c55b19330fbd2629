import { requestShape } from "./shapes.ts";

/** Global options of the AWS CLI that take a value. */
const WITH_VALUE =
  "region profile output query endpoint-url color ca-bundle cli-read-timeout cli-connect-timeout cli-binary-format cli-error-format generate-cli-skeleton".split(
    " ",
  );

/** Global options without a value. */
const ALONE =
  "debug no-verify-ssl no-paginate no-sign-request version no-cli-pager cli-auto-prompt no-cli-auto-prompt help".split(
    " ",
  );

/** What an option of the command is. */
export type CliOption =
  | { readonly kind: "member"; readonly member: string; readonly shape: string }
  /** `--enable-x` and `--no-enable-x`. */
  | { readonly kind: "flag"; readonly member: string; readonly value: boolean }
  | { readonly kind: "input"; readonly format: "json" | "yaml" }
  | { readonly kind: "global"; readonly takesValue: boolean };

let known: ReadonlyMap<string, CliOption> | null = null;

/** Every option of the command, without `--`. */
export function cliOptions(): ReadonlyMap<string, CliOption> {
  known ??= new Map(allOptions());
  return known;
}

function* allOptions(): Generator<[string, CliOption]> {
  for (const [member, shape] of Object.entries(requestShape().members ?? {})) {
    const name = optionName(member);
    if (shape !== "Boolean") yield [name, { kind: "member", member, shape }];
    else {
      yield [name, { kind: "flag", member, value: true }];
      yield [`no-${name}`, { kind: "flag", member, value: false }];
    }
  }
  yield ["cli-input-json", { kind: "input", format: "json" }];
  yield ["cli-input-yaml", { kind: "input", format: "yaml" }];
  for (const name of WITH_VALUE) yield [name, { kind: "global", takesValue: true }];
  for (const name of ALONE) yield [name, { kind: "global", takesValue: false }];
}

/** The option of this name (without `--`), which may be cut as long as it stays clear; `null`: there is none. */
export function cliOption(name: string): CliOption | null {
  const exact = cliOptions().get(name);
  if (exact !== undefined) return exact;
  const longer = [...cliOptions()].filter(([option]) => option.startsWith(name));
  return longer.length === 1 && name !== "" ? (longer[0]?.[1] ?? null) : null;
}

/** `TrainingJobName` is `training-job-name`, as botocore transforms names. */
export function optionName(member: string): string {
  return member.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();
}
