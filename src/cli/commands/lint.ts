import { UserError } from "../../core/errors.ts";
import type { ExitCode } from "../../core/verdict.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import type { CliContext } from "../context.ts";
import { dockerfileRequest, judgeRequest } from "../judge-options.ts";
import { DOCKERFILE_OPTIONS, JUDGE_OPTIONS, type OptionSpec } from "../options.ts";
import { printConfig, printReport } from "../print-report.ts";

const STDIN_FILENAME: OptionSpec = {
  name: "stdin-filename",
  kind: "value",
  metavar: "NAME",
  isFile: true,
  description: "What the file on standard input is called, for findings and configuration",
};

export const lintCommand: Command = {
  name: "lint",
  usage: "[PATH|-]...",
  description: "Lint Dockerfiles and training-job requests as text: no engine, no network",
  options: [...JUDGE_OPTIONS, ...DOCKERFILE_OPTIONS, STDIN_FILENAME],
  positionals: [0, Number.POSITIVE_INFINITY],
  examples: [
    ["trainlint", "all Dockerfiles below this folder"],
    ["trainlint Dockerfile.gpu --target train", "one file, judged from the stage `train`"],
    ["trainlint --format text --format sarif=out.sarif docker/", "for people, and for code scanning"],
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
  };
  if (request.stdinFilename !== null && !args.positionals.includes("-")) {
    throw new UserError("`--stdin-filename` needs `-`, which stands for standard input.");
  }
  if (args.flag("print-config")) return await printConfig(request, args.positionals[0] ?? ".", context);
  return await printReport(await lint(request), args, context, nextStep);
}

function nextStep(hasFindings: boolean): string {
  return hasFindings
    ? "`trainlint explain RULE` tells why a rule matters and how to turn it off."
    : "Next: build the image and see what it does: `trainlint check --dockerfile FILE --image IMAGE --run`.";
}
