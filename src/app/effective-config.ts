import { resolve } from "node:path";
import { configData } from "../core/config.ts";
import { Redactor } from "../core/secrets/redact.ts";
import { isFolder } from "../edges/files.ts";
import { printableJson } from "../report/hygiene.ts";
import { rules } from "../rules/index.ts";
import type { JudgeRequest } from "./request.ts";
import { beginSession, configFor, configForFile } from "./session.ts";

/** The configuration in force for a file or folder, as JSON that a configuration file could hold. */
export async function effectiveConfig(request: JudgeRequest, path: string): Promise<string> {
  const session = beginSession(request, rules);
  const full = resolve(request.cwd, path === "-" ? "." : path);
  const config = (await isFolder(full)) ? await configFor(session, full) : await configForFile(session, full);
  return `${printableJson({ "config-file": config.path, ...new Redactor().data(configData(config)) })}\n`;
}
