import { safeText } from "../app/safe-text.ts";
import type { JudgeRequest, Outcome } from "../app.ts";
import type { ExitCode } from "../core/verdict.ts";
import type { Arguments } from "./arguments.ts";
import type { CliContext } from "./context.ts";
import { errorText } from "./error-text.ts";
import { outputsOf, reportOptions } from "./judge-options.ts";

/** Prints and writes the report in the formats that were asked for; the answer is the command's exit code. */
export async function printReport(
  outcome: Outcome,
  args: Arguments,
  context: CliContext,
  nextStep: (hasFindings: boolean) => string | null,
): Promise<ExitCode> {
  const { emit } = await import("../app.ts");
  context.status.clear();
  const { report, exitCode, crashes } = outcome;
  const next = report.problems.length > 0 ? null : nextStep(report.findings.length > 0);
  const outputs = outputsOf(args);
  await emit(report, outputs, reportOptions(args, context, next), {
    cwd: context.cwd,
    print: (text) => void context.stdout.write(text),
    stepSummary: context.env.GITHUB_STEP_SUMMARY ?? null,
  });
  if (!outputs.some(({ format, file }) => format === "text" && file === null)) {
    // A gate that writes only files or JSON must not fail without a word.
    for (const problem of report.problems) context.stderr.write(problemText(problem));
  }
  if (args.flag("verbose") || context.env.TRAINLINT_DEBUG !== undefined) {
    for (const crash of crashes)
      context.stderr.write(safeText(`${crash instanceof Error ? crash.stack : crash}\n`));
  }
  return exitCode;
}

function problemText(problem: Outcome["report"]["problems"][number]): string {
  const { subject, place } = problem;
  const message =
    place === null && subject !== null ? `${subject.name}: ${problem.message}` : problem.message;
  return errorText({ message, help: problem.help ?? undefined }, place ?? undefined);
}

/** `--print-config`: the configuration in force for a path, in the file's own words. */
export async function printConfig(
  request: JudgeRequest,
  path: string,
  context: CliContext,
): Promise<ExitCode> {
  const { effectiveConfig } = await import("../app.ts");
  context.stdout.write(await effectiveConfig(request, path));
  return 0;
}
