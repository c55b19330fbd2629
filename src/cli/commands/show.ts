import type { Command } from "../command.ts";
import { dockerfileRequest, judgeRequest } from "../judge-options.ts";
import { ANSWER_FORMAT_OPTION, DOCKERFILE_OPTIONS, type OptionSpec } from "../options.ts";
import { JOB_OPTION, SMOKE_OPTIONS } from "../smoke-options.ts";

const LAUNCH_OPTIONS = SMOKE_OPTIONS.filter(({ name }) => name === "entrypoint" || name === "args");

const CONFIG_OPTIONS: readonly OptionSpec[] = [
  { name: "config", kind: "value", metavar: "FILE", isFile: true, description: "Configuration file" },
  { name: "no-config", kind: "flag", description: "Read no configuration file" },
];

export const showCommand: Command = {
  name: "show",
  usage: "[PATH|IMAGE|JOB]",
  description: "Tell in a few lines what SageMaker will run",
  options: [ANSWER_FORMAT_OPTION, ...DOCKERFILE_OPTIONS, ...LAUNCH_OPTIONS, JOB_OPTION, ...CONFIG_OPTIONS],
  positionals: [0, 1],
  examples: [
    ["trainlint show Dockerfile", "as the builder will make it"],
    ["trainlint show my-training --args=--epochs --args=3", "with ContainerArguments"],
    ["trainlint show my-training --job job.json", "as this request starts it"],
    ["trainlint show Dockerfile --format json", "the effective configuration, for programs"],
  ],
  async run(args, context) {
    const { show } = await import("../../app.ts");
    const answer = await show({
      ...judgeRequest(args, context),
      ...dockerfileRequest(args, context),
      subject: args.positionals[0] ?? ".",
      stdin: () => context.stdin,
      job: args.value("job"),
      entrypoint: args.list("entrypoint"),
      args: args.list("args"),
      format: args.value("format") === "json" ? "json" : "text",
    });
    context.stdout.write(answer);
    return 0;
  },
};
