import type { DockerfileRequest, JudgeRequest, Output, ReportOptions } from "../app.ts";
import { UserError } from "../core/errors.ts";
import type { FormatName } from "../core/formats.ts";
import type { Role } from "../core/role/sign.ts";
import type { RuleLevel } from "../core/rule.ts";
import type { FailOn } from "../core/verdict.ts";
import { type Arguments, splitPair } from "./arguments.ts";
import { type CliContext, colorLevel, outputWidth, showsProgress } from "./context.ts";

/** The options that all judging commands share, as a request. */
export function judgeRequest(args: Arguments, context: CliContext): JudgeRequest {
  if (args.flag("no-config") && args.value("config") !== null) {
    throw new UserError("`--config` and `--no-config` contradict each other.");
  }
  return {
    cwd: context.cwd,
    today: new Date().toISOString().slice(0, 10),
    config: args.flag("no-config") ? false : args.value("config"),
    ruleLevels: args.list("rule").map(ruleLevel),
    failOn: args.value("fail-on") as FailOn | null,
    role: args.value("role") as Role | null,
    inlineConfig: !args.flag("no-inline-config"),
    requireReason: args.flag("require-reason"),
    baseline: args.value("baseline"),
    writeBaseline: args.value("write-baseline"),
    pruneBaseline: args.flag("prune-baseline"),
    signal: new AbortController().signal,
    base: args.value("base"),
    layers: args.flag("layers"),
    progress: (message) => {
      if (showsProgress(context, args.flag("quiet"))) context.status.show(message);
    },
  };
}

const LEVELS: readonly string[] = ["off", "info", "warning", "error"];

function ruleLevel(text: string): { rule: string; level: RuleLevel } {
  const [rule, level] = splitPair("rule", text, "RULE=LEVEL");
  if (LEVELS.includes(level)) return { rule, level: level as RuleLevel };
  throw new UserError(`\`${level}\` is no level for ${rule}.`, {
    help: `It is one of ${LEVELS.join(", ")}.`,
  });
}

/** The options that say how Dockerfiles are built. */
export function dockerfileRequest(args: Arguments, context: CliContext): DockerfileRequest {
  const pairs = args.list("build-arg").map((text): [string, string] => {
    // As docker has it: a name alone takes its value from the environment.
    if (text.includes("=")) return splitPair("build-arg", text, "NAME=VALUE");
    return [text, context.env[text] ?? ""];
  });
  return {
    target: args.value("target"),
    buildArgs: Object.fromEntries(pairs),
    context: args.value("context"),
    platform: args.value("platform"),
  };
}

/** `--format`: text on standard output unless said otherwise, and at most one format there. */
export function outputsOf(args: Arguments): readonly Output[] {
  const given = args.list("format").map((text): Output => {
    const at = text.indexOf("=");
    const format = (at < 0 ? text : text.slice(0, at)) as FormatName;
    if (at < 0) return { format, file: null };
    if (at === text.length - 1) throw new UserError(`\`--format ${text}\` names no file after the \`=\`.`);
    return { format, file: text.slice(at + 1) };
  });
  if (given.length === 0) return [{ format: "text", file: null }];
  const printed = given.filter(({ file }) => file === null);
  if (printed.length > 1) {
    throw new UserError("Only one format can go to standard output.", {
      help: `Give the others a file: \`--format ${printed[1]?.format}=FILE\`.`,
    });
  }
  const files = given.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw new UserError(`Two formats would be written to ${twice}.`);
  return given;
}

export function reportOptions(args: Arguments, context: CliContext, nextStep: string | null): ReportOptions {
  return {
    color: colorLevel(context, { color: args.flag("color"), noColor: args.flag("no-color") }),
    width: outputWidth(context.stdout),
    quiet: args.flag("quiet"),
    category: args.value("category"),
    nextStep,
  };
}
