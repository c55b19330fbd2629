import type { Outcome } from "../../app.ts";
import type { Command } from "../command.ts";
import { judgeRequest } from "../judge-options.ts";
import { JUDGE_OPTIONS, PLATFORM_OPTION } from "../options.ts";
import { printReport } from "../print-report.ts";
import { JOB_OPTION, SMOKE_OPTIONS, smokeRequest } from "../smoke-options.ts";

export const runCommand: Command = {
  name: "run",
  usage: "IMAGE",
  description: "Smoke run: start the image as SageMaker does, send SIGTERM, judge what happens",
  options: [...JUDGE_OPTIONS, ...SMOKE_OPTIONS, JOB_OPTION, PLATFORM_OPTION],
  positionals: [1, 1],
  examples: [
    ["trainlint run my-training", "with the grace period of SageMaker, 120 seconds"],
    ["trainlint run my-training --grace 10 --channel training=./data", "shorter, with data"],
    [
      "trainlint run my-training --entrypoint python --args=-u --args /mydir/train.py",
      "as ContainerEntrypoint",
    ],
  ],
  async run(args, context) {
    const { smoke } = await import("../../app.ts");
    const request = {
      ...judgeRequest(args, context),
      signal: context.interruption(),
      ...smokeRequest(args),
      platform: args.value("platform"),
      job: args.value("job"),
      image: args.positionals[0] ?? "",
    };
    const outcome = await smoke(request);
    return await printReport(outcome, args, context, (hasFindings) =>
      hasFindings
        ? "`trainlint explain RULE` tells why a rule matters and how to turn it off."
        : inOneSentence(outcome.report.runs[0]),
    );
  },
};

/** What a run without findings has shown, and what it has not. */
function inOneSentence(run: Outcome["report"]["runs"][number] | undefined): string | null {
  if (run?.exit == null) return null;
  const starts = "The container starts as SageMaker starts it";
  if (run.stop !== null) return `${starts}, and ended ${run.stop.seconds.toFixed(1)} s after SIGTERM.`;
  const ended = `${starts}, and ended by itself with exit code ${run.exit.code}`;
  if (run.untilExit) return `${ended}.`;
  return `${ended} before SIGTERM was sent: how it takes a stop was not tested (--stop-after and --ready-log send it sooner).`;
}

export const judgeCommand: Command = {
  name: "judge",
  usage: "FILE",
  description: "Judge the transcript of an earlier smoke run",
  options: JUDGE_OPTIONS,
  positionals: [1, 1],
  examples: [["trainlint judge run.json", "what `trainlint run --transcript run.json` recorded"]],
  async run(args, context) {
    const { judgeTranscript } = await import("../../app.ts");
    const request = { ...judgeRequest(args, context), file: args.positionals[0] ?? "", text: null };
    return await printReport(await judgeTranscript(request), args, context, (hasFindings) =>
      hasFindings ? "`trainlint explain RULE` tells why a rule matters." : "Nothing was wrong with this run.",
    );
  },
};

export const cleanCommand: Command = {
  name: "clean",
  usage: "",
  description: "Remove containers and volumes that killed smoke runs have left behind",
  options: [],
  positionals: [0, 0],
  examples: [["trainlint clean", "runs that are under way are left alone"]],
  async run(_args, context) {
    const { clean } = await import("../../app.ts");
    const removed = await clean();
    const what = removed.length === 1 ? "1 leftover" : `${removed.length} leftovers`;
    context.stdout.write(removed.length === 0 ? "Nothing was left behind.\n" : `Removed ${what}.\n`);
    return 0;
  },
};
