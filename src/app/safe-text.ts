import { withoutSecrets } from "../core/secrets/redact.ts";
import { visible, withoutWorkflowCommands } from "../report/hygiene.ts";

/** Text for a terminal or a log: what a guest may have put into it is made harmless, and secrets are hidden. */
export function safeText(text: string): string {
  return withoutWorkflowCommands(visible(withoutSecrets(text)));
}
