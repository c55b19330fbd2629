import { resolve } from "node:path";
import { parseTranscript } from "../core/run/parse-transcript.ts";
import { readTextFile } from "../edges/files.ts";
import { rules } from "../rules/index.ts";
import { finish, type Outcome } from "./finish.ts";
import { attempt } from "./problems.ts";
import type { JudgeRequest } from "./request.ts";
import { beginSession, configFor, judgeSubjects } from "./session.ts";

/** `trainlint judge`: the transcript of an earlier smoke run, as its file or as text. */
export interface TranscriptRequest extends JudgeRequest {
  /** Where the transcript lies, or how its text is called. */
  readonly file: string;
  readonly text: string | null;
}

const ABSENT = {
  dockerfile: "no Dockerfile was given",
  image: "only the transcript of a run was given",
  job: "no training-job request was given",
} as const;

/** Judges a transcript that `--transcript` wrote: the same findings as on the day of the run. */
export async function judgeTranscript(request: TranscriptRequest): Promise<Outcome> {
  const session = beginSession(request, rules);
  const config = await configFor(session, request.cwd);
  const { file, cwd } = request;
  const run = await attempt(session, { kind: "run", name: file }, async () =>
    parseTranscript(request.text ?? (await readTextFile(resolve(cwd, file), file)), file),
  );
  if (run !== null) {
    session.subjects.push({ kind: "run", name: run.image.name, source: file });
    session.runs.push(run);
    judgeSubjects(session, { run }, config, ABSENT, { kind: "run", image: run.image.name });
  }
  return await finish(session);
}
