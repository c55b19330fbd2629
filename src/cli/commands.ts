import type { Command } from "./command.ts";
import { lintCommand } from "./commands/lint.ts";
import { explainCommand, rulesCommand } from "./commands/rules.ts";

/** Every command; the first one is the default. */
export const COMMANDS: readonly Command[] = [lintCommand, explainCommand, rulesCommand];
