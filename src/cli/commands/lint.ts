import type { LintOutcome, LintRequest } from "../../app.ts";
import { UserError } from "../../core/errors.ts";
import type { ExitCode } from "../../core/verdict.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import type { CliContext } from "../context.ts";
import { colorLevel } from "../context.ts";
import { dockerfileRequest, judgeRequest } from "../judge-options.ts";
import { DOCKERFILE_OPTIONS, JUDGE_OPTIONS, type OptionSpec } from "../options.ts";
import { printConfig, printReport } from "../print-report.ts";
import { withTunedV8 } from "../tuned-v8.ts";

const STDIN_FILENAME: OptionSpec = {
  name: "stdin-filename",
  kind: "value",
  metavar: "NAME",
  isFile: true,
  description: "What the file on standard input is called, for findings and configuration",
};

const FIX_OPTIONS: readonly OptionSpec[] = [
  { name: "fix", kind: "flag", description: "Make the safe fixes, and report what remains" },
  { name: "diff", kind: "flag", description: "Print the fixes as a unified diff, and change nothing" },
  {
    name: "unsafe-fixes",
    kind: "flag",
    description: "With --fix or --diff: also fixes that may change more than the finding",
  },
];

export const lintCommand: Command = {
  name: "lint",
  usage: "[PATH|-]...",
  description: "Lint Dockerfiles and training-job requests as text: no engine, no network",
  options: [...JUDGE_OPTIONS, ...FIX_OPTIONS, ...DOCKERFILE_OPTIONS, STDIN_FILENAME],
  positionals: [0, Number.POSITIVE_INFINITY],
  examples: [
    ["trainlint", "all Dockerfiles below this folder"],
    ["trainlint Dockerfile.gpu --target train", "one file, judged from the stage `train`"],
    ["trainlint --format text --format sarif=out.sarif docker/", "for people, and for code scanning"],
    ["trainlint --diff Dockerfile", "what --fix would change"],
    ["trainlint --stdin-filename Dockerfile - < Dockerfile", "what an editor sends"],
  ],
  run: runLint,
};

async function runLint(args: Arguments, context: CliContext): Promise<ExitCode> {
  const { lint } = await import("../../app.ts");
  const request = {
    ...judgeRequest(args, context),
    ...dockerfileRequest(args, context),
    paths: args.positionals,
    stdinFilename: args.value("stdin-filename"),
    stdin: () => context.stdin,
    fixes: fixRequest(args),
    helperProgram: context.helperProgram,
  };
  if (request.stdinFilename !== null && !args.positionals.includes("-")) {
    throw new UserError("`--stdin-filename` needs `-`, which stands for standard input.");
  }
  if (args.flag("print-config")) {
    const [first = "."] = args.positionals;
    return await printConfig(request, first === "-" ? (request.stdinFilename ?? ".") : first, context);
  }
  const outcome = await withTunedV8((prepareForMany) => lint({ ...request, prepareForMany }));
  const printed = await printChanges(outcome, args, context);
  // The diff or the fixed file is what a program reads: the report then goes to standard error.
  const reportContext = printed ? { ...context, stdout: context.stderr } : context;
  return await printReport(outcome, args, reportContext, nextStep);
}

/** `--diff` shows and never writes, also together with `--fix`. */
function fixRequest(args: Arguments): LintRequest["fixes"] {
  const [fix, diff, unsafe] = [args.flag("fix"), args.flag("diff"), args.flag("unsafe-fixes")];
  if (fix || diff) return { write: !diff, unsafe };
  if (unsafe) throw new UserError("`--unsafe-fixes` needs `--fix` or `--diff`.");
  return null;
}

/** Prints the diff, or the fixed file of standard input; false where there is neither. */
async function printChanges(
  { changes }: LintOutcome,
  args: Arguments,
  context: CliContext,
): Promise<boolean> {
  if (args.flag("diff")) {
    const { diffText } = await import("../../app.ts");
    const color = colorLevel(context, { color: args.flag("color"), noColor: args.flag("no-color") });
    const raw = !context.stdout.isTTY && context.env.CI === undefined;
    context.stdout.write(await diffText(changes, { color, raw }));
    return true;
  }
  if (!args.flag("fix") || !args.positionals.includes("-")) return false;
  const fixed = changes.find(({ isStdin }) => isStdin);
  if (fixed !== undefined) context.stdout.write(fixed.after);
  return true;
}

function nextStep(hasFindings: boolean): string {
  return hasFindings
    ? "`trainlint explain RULE` tells why a rule matters and how to turn it off."
    : "Next: build the image and see what it does: `trainlint check --dockerfile FILE --image IMAGE --run`.";
}
