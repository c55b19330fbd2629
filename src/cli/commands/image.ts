import type { Command } from "../command.ts";
import { judgeRequest } from "../judge-options.ts";
import { IMAGE_OPTIONS, JUDGE_OPTIONS, PLATFORM_OPTION } from "../options.ts";
import { printConfig, printReport } from "../print-report.ts";

export const imageCommand: Command = {
  name: "image",
  usage: "IMAGE...",
  description: "Judge built images; nothing in them is run",
  options: [...IMAGE_OPTIONS, PLATFORM_OPTION, ...JUDGE_OPTIONS],
  positionals: [1, Number.POSITIVE_INFINITY],
  examples: [
    ["trainlint image my-training:latest", "an image of the engine that is running"],
    ["trainlint image podman:my-training", "from Podman"],
    ["trainlint image image.tar oci-dir:./layout", "saved images: no engine needed"],
    ["trainlint image registry:quay.io/me/image:1", "in a registry: no engine either"],
  ],
  async run(args, context) {
    const { inspectImages } = await import("../../app.ts");
    const request = {
      ...judgeRequest(args, context),
      signal: context.interruption(),
      images: args.positionals,
      platform: args.value("platform"),
    };
    if (args.flag("print-config")) return await printConfig(request, ".", context);
    return await printReport(await inspectImages(request), args, context, (hasFindings) =>
      hasFindings
        ? "`trainlint explain RULE` tells why a rule matters and how to turn it off."
        : "Next: see how it starts and stops: `trainlint run IMAGE`.",
    );
  },
};
