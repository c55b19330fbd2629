import { Helpers } from "../edges/helpers.ts";
import type { LintItem, LintRequest } from "./lint-request.ts";
import { tell } from "./problems.ts";
import { partSession, type Session } from "./session.ts";

/** How many files are linted in one go: enough to be worth a message, few enough that nobody waits long at the end. */
const BATCH = 4;

/** What helpers get: the request without what can't be sent to another thread. */
export interface SharedLint {
  readonly request: Omit<LintRequest, "stdin" | "progress" | "signal" | "prepareForMany">;
  readonly batches: readonly (readonly LintItem[])[];
}

/** The part of a session that linting a batch fills. */
export type LintedBatch = Pick<
  Session,
  "units" | "subjects" | "problems" | "crashes" | "unreadInput" | "texts"
>;

export type LintHelpers = Helpers<SharedLint, LintedBatch>;

/** Starts threads that wait for files to lint. */
export function startLintHelpers(program: string): LintHelpers {
  return new Helpers(program);
}

/** Lints files with the help of other threads; the session is the same as if they had been linted one by one. */
export async function lintShared(
  session: Session,
  request: LintRequest,
  items: readonly LintItem[],
  helpers: LintHelpers,
  lintItems: (session: Session, items: readonly LintItem[]) => Promise<void>,
): Promise<void> {
  const batches: LintItem[][] = [];
  for (let at = 0; at < items.length; at += BATCH) batches.push(items.slice(at, at + BATCH));
  const { stdin: _stdin, progress: _progress, signal: _signal, prepareForMany, ...plain } = request;
  helpers.give({ request: plain, batches }, batches.length);
  const own = new Map<number, LintedBatch>();
  const lintBatch = async (batch: number): Promise<LintedBatch> => {
    const part = partSession(session);
    await lintItems(part, batches[batch] ?? []);
    return part;
  };
  let isPrepared = false;
  for (let batch = helpers.take(); batch !== null; batch = helpers.take()) {
    if (!isPrepared && helpers.haveLoaded()) {
      prepareForMany();
      isPrepared = true;
    }
    own.set(batch, await lintBatch(batch));
  }
  const theirs = await helpers.finish(batches.length - own.size);
  for (const batch of batches.keys()) {
    add(session, own.get(batch) ?? theirs.get(batch) ?? (await lintBatch(batch)));
  }
}

function add(session: Session, batch: LintedBatch): void {
  session.units.push(...batch.units);
  session.subjects.push(...batch.subjects);
  for (const problem of batch.problems) tell(session, problem);
  session.crashes.push(...batch.crashes);
  session.unreadInput ||= batch.unreadInput;
  for (const [path, text] of batch.texts) session.texts.set(path, text);
  // What a helper learned of secrets stays with it: the texts are looked through at the end, and these values are new here.
  for (const { config } of batch.units) session.secrets.learnNamed(config.buildArgs);
}
