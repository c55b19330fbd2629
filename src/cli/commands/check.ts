import { UserError } from "../../core/errors.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { dockerfileRequest, judgeRequest } from "../judge-options.ts";
import { DOCKERFILE_OPTIONS, IMAGE_OPTIONS, JUDGE_OPTIONS, type OptionSpec } from "../options.ts";
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
  { name: "image", kind: "value", metavar: "IMAGE", description: "The built image; with --build, its name" },
  { name: "build", kind: "flag", description: "Build the image from the Dockerfile first, on an engine" },
  { name: "no-build", kind: "flag", description: "Build nothing, whatever the configuration says" },
  { name: "job", kind: "value", metavar: "FILE", isFile: true, description: "CreateTrainingJob request" },
  { name: "run", kind: "flag", description: "Make a smoke run of the image" },
  { name: "no-run", kind: "flag", description: "Make no smoke run, whatever the configuration says" },
];

export const checkCommand: Command = {
  name: "check",
  usage: "[--dockerfile FILE] [--build] [--image IMAGE] [--job FILE] [--run]",
  description: "All that the configuration or the options give as one gate with one report",
  options: [...SUBJECT_OPTIONS, ...IMAGE_OPTIONS, ...JUDGE_OPTIONS, ...DOCKERFILE_OPTIONS, ...SMOKE_OPTIONS],
  positionals: [0, 0],
  examples: [
    ["trainlint check", "what .trainlint.yaml says; `trainlint init` writes one"],
    ["trainlint check --dockerfile Dockerfile --build --run", "build the image, then look at it and run it"],
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
      stdin: () => context.stdin,
      build: onOrOff(args, "build"),
      run: onOrOff(args, "run"),
      configured: true,
    };
    if (args.flag("print-config")) return await printConfig(request, request.dockerfile ?? ".", context);
    return await printReport(await check(request), args, context, (hasFindings) =>
      hasFindings
        ? "`trainlint explain RULE` tells why a rule matters and how to turn it off."
        : "Nothing stands against a push.",
    );
  },
};

/** `--run` or `--no-run`; `null` without either. */
function onOrOff(args: Arguments, name: string): boolean | null {
  const [on, off] = [args.flag(name), args.flag(`no-${name}`)];
  if (on && off) throw new UserError(`\`--${name}\` and \`--no-${name}\` contradict each other.`);
  return on || off ? on : null;
}
