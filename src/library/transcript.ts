import { judgeTranscript } from "../app/judge.ts";
import type { Transcript } from "../core/run/transcript.ts";
import { reportData } from "../report/json.ts";
import type { JsonReport } from "../report/json-report.ts";
import type { JudgeOptions } from "./options.ts";
import { judgeRequest } from "./request.ts";

/**
 * Judges what a smoke run recorded: the content of the file that `trainlint run --transcript FILE` writes. Data
 * that is no transcript is a problem of the report.
 *
 * @throws UserError when an option names a rule or a configuration that there is not.
 */
export async function judge(transcript: Transcript, options: JudgeOptions = {}): Promise<JsonReport> {
  const text = JSON.stringify(transcript);
  const { report } = await judgeTranscript({ ...judgeRequest(options), file: "transcript", text });
  return reportData(report);
}
