import { UserError } from "../../core/errors.ts";
import type { Command } from "../command.ts";
import { dockerfileRequest, judgeRequest } from "../judge-options.ts";
import { DOCKERFILE_OPTIONS, JUDGE_OPTIONS, type OptionSpec } from "../options.ts";
import { printConfig, printReport } from "../print-report.ts";
import { SMOKE_OPTIONS, smokeRequest } from "../smoke-options.ts";

const SUBJECT_OPTIONS: readonly OptionSpec[] = [
  {
    name: "dockerfile",
    kind: "value",
    metavar: "FILE",
    isFile: true,
    description: "Dockerfile of the image",
  },
  { name: "image", kind: "value", metavar: "IMAGE", description: "The built image" },
  { name: "job", kind: "value", metavar: "FILE", isFile: true, description: "CreateTrainingJob request" },
  { name: "run", kind: "flag", description: "Make a smoke run of the image" },
];

export const checkCommand: Command = {
  name: "check",
  usage: "--dockerfile FILE --image IMAGE --job FILE --run",
  description: "All that is given as one gate with one report",
  options: [...SUBJECT_OPTIONS, ...JUDGE_OPTIONS, ...DOCKERFILE_OPTIONS, ...SMOKE_OPTIONS],
  positionals: [0, 0],
  examples: [
    ["trainlint check --dockerfile Dockerfile --image my-training --run", "Dockerfile, image and smoke run"],
    ["trainlint check --image my-training --job job.json", "whether image and request fit"],
  ],
  async run(args, context) {
    const { check } = await import("../../app.ts");
    const request = {
      ...judgeRequest(args, context),
      signal: context.interruption(),
      ...dockerfileRequest(args, context),
      ...smokeRequest(args),
      dockerfile: args.value("dockerfile"),
      image: args.value("image"),
      job: args.value("job"),
      run: args.flag("run"),
    };
    if (args.flag("print-config")) return await printConfig(request, request.dockerfile ?? ".", context);
    if (request.dockerfile === null && request.image === null && request.job === null) {
      throw new UserError("`trainlint check` needs something to check.", {
        help: "Give --dockerfile FILE, --image IMAGE or --job FILE; --run adds a smoke run of the image.",
      });
    }
    if (request.run && request.image === null) {
      throw new UserError("`--run` needs `--image`: there is nothing to run.");
    }
    return await printReport(await check(request), args, context, (hasFindings) =>
      hasFindings
        ? "`trainlint explain RULE` tells why a rule matters and how to turn it off."
        : "Nothing stands against a push.",
    );
  },
};
