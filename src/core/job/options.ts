import { requestShape } from "./shapes.ts";

/** Global options of the AWS CLI that take a value. */
const WITH_VALUE = new Set(
  "region profile output query endpoint-url color ca-bundle cli-read-timeout cli-connect-timeout cli-binary-format cli-error-format".split(
    " ",
  ),
);

/** Global options without a value. */
const ALONE = new Set(
  "debug no-verify-ssl no-paginate no-sign-request version no-cli-pager cli-auto-prompt no-cli-auto-prompt help".split(
    " ",
  ),
);

/** What an option of the command is. */
export type CliOption =
  | { readonly kind: "member"; readonly member: string; readonly shape: string }
  /** `--enable-x` and `--no-enable-x`. */
  | { readonly kind: "flag"; readonly member: string; readonly value: boolean }
  | { readonly kind: "input"; readonly format: "json" | "yaml" }
  | { readonly kind: "global"; readonly takesValue: boolean };

/** The option of this name (without `--`), or `null`: there is none. */
export function cliOption(name: string): CliOption | null {
  if (name === "cli-input-json") return { kind: "input", format: "json" };
  if (name === "cli-input-yaml") return { kind: "input", format: "yaml" };
  if (name === "generate-cli-skeleton" || WITH_VALUE.has(name)) return { kind: "global", takesValue: true };
  if (ALONE.has(name)) return { kind: "global", takesValue: false };
  for (const [member, shape] of Object.entries(requestShape().members ?? {})) {
    const option = optionName(member);
    const flag = shape === "Boolean";
    if (name === option)
      return flag ? { kind: "flag", member, value: true } : { kind: "member", member, shape };
    if (flag && name === `no-${option}`) return { kind: "flag", member, value: false };
  }
  return null;
}

/** `TrainingJobName` is `training-job-name`, as botocore transforms names. */
export function optionName(member: string): string {
  return member.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();
}
