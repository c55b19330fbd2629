import { installMissing } from "../setup/packages.mjs";
import { act } from "./act.mjs";
import { actionlint } from "./actionlint.mjs";
import { attw } from "./attw.mjs";
import { chromium } from "./chromium.mjs";
import { gitlabCiLocal } from "./gitlab-ci-local.mjs";
import { junitparser } from "./junitparser.mjs";
import { mandoc } from "./mandoc.mjs";
import { preCommit } from "./pre-commit.mjs";
import { reviewdog } from "./reviewdog.mjs";
import { sarifMultitool } from "./sarif-multitool.mjs";
import { fish, zsh } from "./shells.mjs";

/**
 * The real programs that read what trainlint writes, for the tests in `test/clients`. Each has a `title`, `find`
 * (a path, or `null`; never installs), `install` (`null`, or why it can't be had, as a clause) and perhaps
 * Debian `packages` that it needs.
 */
const CLIENTS = [
  act,
  actionlint,
  attw,
  chromium,
  fish,
  gitlabCiLocal,
  junitparser,
  mandoc,
  preCommit,
  reviewdog,
  sarifMultitool,
  zsh,
];

/** Installs what is missing; answers a sentence for each client that can't be had. */
export async function installClients() {
  const missing = [];
  const packages = [...new Set(CLIENTS.flatMap((client) => client.packages ?? []))];
  const obstacle = await installMissing(packages);
  if (obstacle !== null) missing.push(`Debian packages for clients: ${obstacle}.`);
  for (const client of CLIENTS) {
    const why = client.find() === null ? await client.install() : null;
    if (why !== null) missing.push(`No ${client.title}: ${why}.`);
  }
  return missing;
}
