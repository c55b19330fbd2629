import { dirname, resolve } from "node:path";
import { configData } from "../core/config.ts";
import { isFolder } from "../edges/files.ts";
import { printableJson } from "../report/hygiene.ts";
import type { JudgeRequest } from "./request.ts";
import { beginSession, configFor } from "./session.ts";

/** The configuration in force for a file or folder, as JSON that a configuration file could hold. */
export async function effectiveConfig(request: JudgeRequest, path: string): Promise<string> {
  const session = beginSession(request);
  const full = resolve(request.cwd, path === "-" ? "." : path);
  const config = await configFor(session, (await isFolder(full)) ? full : dirname(full));
  return `${printableJson({ "config-file": config.path, ...configData(config) })}\n`;
}
