import { actionlint } from "./actionlint.mjs";
import { junitparser } from "./junitparser.mjs";
import { preCommit } from "./pre-commit.mjs";
import { reviewdog } from "./reviewdog.mjs";
import { sarifMultitool } from "./sarif-multitool.mjs";

/**
 * The real programs that read what trainlint writes, for the tests in `test/clients`. Each has a `title`, `find`
 * (a path, or `null`; never installs) and `install` (`null`, or why it can't be had, as a clause).
 */
export const CLIENTS = { actionlint, junitparser, preCommit, reviewdog, sarifMultitool };

/** Installs what is missing; answers a sentence for each client that can't be had. */
export async function installClients() {
  const missing = [];
  for (const client of Object.values(CLIENTS)) {
    const obstacle = client.find() === null ? await client.install() : null;
    if (obstacle !== null) missing.push(`No ${client.title}: ${obstacle}.`);
  }
  return missing;
}
