import type { Command } from "./command.ts";
import { checkCommand } from "./commands/check.ts";
import { completionCommand } from "./commands/completion.ts";
import { imageCommand } from "./commands/image.ts";
import { initCommand } from "./commands/init.ts";
import { jobCommand } from "./commands/job.ts";
import { lintCommand } from "./commands/lint.ts";
import { explainCommand, rulesCommand } from "./commands/rules.ts";
import { cleanCommand, judgeCommand, runCommand } from "./commands/run.ts";
import { showCommand } from "./commands/show.ts";

/** Every command; the first one is the default. */
export const COMMANDS: readonly Command[] = [
  lintCommand,
  imageCommand,
  runCommand,
  jobCommand,
  checkCommand,
  initCommand,
  showCommand,
  judgeCommand,
  explainCommand,
  rulesCommand,
  cleanCommand,
  completionCommand(() => COMMANDS),
];
