import type { Command } from "../command.ts";
import { dockerfileRequest, judgeRequest } from "../judge-options.ts";
import { IMAGE_OPTIONS, JUDGE_OPTIONS, type OptionSpec } from "../options.ts";
import { printConfig, printReport } from "../print-report.ts";
import { smokeRequest } from "../smoke-options.ts";

const SUBJECT_OPTIONS: readonly OptionSpec[] = [
  { name: "image", kind: "value", metavar: "IMAGE", description: "The image that the job trains with" },
  { name: "dockerfile", kind: "value", metavar: "FILE", isFile: true, description: "Its Dockerfile" },
];

export const jobCommand: Command = {
  name: "job",
  usage: "FILE",
  description: "Judge a CreateTrainingJob request: JSON, YAML, or a script with the AWS CLI's command",
  options: [...SUBJECT_OPTIONS, ...IMAGE_OPTIONS, ...JUDGE_OPTIONS],
  positionals: [1, 1],
  examples: [
    ["trainlint job job.json", "the request alone"],
    ["trainlint job job.json --image my-training", "and whether it fits the image"],
    ["jq . template.json | trainlint job -", "from standard input"],
  ],
  async run(args, context) {
    const { check } = await import("../../app.ts");
    const request = {
      ...judgeRequest(args, context),
      signal: context.interruption(),
      ...dockerfileRequest(args, context),
      ...smokeRequest(args),
      job: args.positionals[0] ?? "",
      stdin: () => context.stdin,
      image: args.value("image"),
      dockerfile: args.value("dockerfile"),
      build: null,
      run: null,
      configured: false,
    };
    if (args.flag("print-config")) return await printConfig(request, request.job, context);
    return await printReport(await check(request), args, context, (hasFindings) =>
      hasFindings
        ? "`trainlint explain RULE` tells why a rule matters and how to turn it off."
        : "Next: `trainlint check --job FILE --image IMAGE --run` looks at the image and runs it.",
    );
  },
};
