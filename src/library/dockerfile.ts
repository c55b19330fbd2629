import { Readable } from "node:stream";
import { lint } from "../app/lint.ts";
import { reportData } from "../report/json.ts";
import type { JsonReport } from "../report/json-report.ts";
import type { DockerfileOptions } from "./options.ts";
import { judgeRequest } from "./request.ts";

/**
 * Lints the text of a Dockerfile. Reads no file but those of the build context that rules ask for, and needs no
 * engine and no network. A text that no builder takes is a finding (TL901).
 *
 * @throws UserError when an option names a rule, a stage or a configuration that there is not.
 */
export async function lintDockerfile(text: string, options: DockerfileOptions = {}): Promise<JsonReport> {
  const { report } = await lint({
    ...judgeRequest(options),
    target: options.target ?? null,
    buildArgs: options.buildArgs ?? {},
    context: options.context ?? null,
    platform: options.platform ?? null,
    fixes: null,
    helperProgram: null,
    prepareForMany: () => {},
    paths: ["-"],
    stdin: () => Readable.from([Buffer.from(text)]),
    stdinFilename: options.path ?? "Dockerfile",
  });
  return reportData(report);
}
