import type { Command } from "../command.ts";

export const initCommand: Command = {
  name: "init",
  usage: "[--force]",
  description: "Write a first .trainlint.yaml from what is found in this folder",
  options: [{ name: "force", kind: "flag", description: "Replace a .trainlint.yaml that is there" }],
  positionals: [0, 0],
  examples: [["trainlint init && trainlint check", "find what there is, then check it"]],
  async run(args, context) {
    const { init } = await import("../../app.ts");
    const { safeText } = await import("../../app/safe-text.ts");
    const { path, found } = await init({ cwd: context.cwd, force: args.flag("force") });
    const [dockerfile] = found.dockerfiles;
    const [job] = found.jobs;
    const lines = [
      `Wrote ${path}:`,
      `  Dockerfile: ${dockerfile ?? "none was found"}`,
      `  training-job request: ${job?.path ?? "none was found"}`,
      "Next: `trainlint check`; set `build: true` and `run: true` in it to build the image and run it.",
    ];
    context.stdout.write(safeText(`${lines.join("\n")}\n`));
    return 0;
  },
};
