import { visible, withoutWorkflowCommands } from "../report/hygiene.ts";

/** Text for a terminal or a log, with what a guest may have put into it made harmless. */
export function safeText(text: string): string {
  return withoutWorkflowCommands(visible(text));
}
