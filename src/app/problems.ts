import { EnvironmentError, UserError } from "../core/errors.ts";
import type { SubjectName } from "../core/finding.ts";
import type { Problem } from "../report/report.ts";
import type { Session } from "./session.ts";

/**
 * Does one step of a run. What the user or the environment did wrong becomes a problem of the report, so that
 * the other steps are still done and told; a bug is thrown on. Answers `null` after a problem.
 */
export async function attempt<T>(
  session: Session,
  subject: SubjectName | null,
  step: () => Promise<T>,
): Promise<T | null> {
  try {
    return await step();
  } catch (error) {
    tell(session, problemOf(error, subject));
    return null;
  }
}

/** Adds a problem to the report. A broken configuration stops every file that it is for, and is told once. */
export function tell(session: Session, problem: Problem): void {
  if (!session.problems.some((told) => isSamePlace(told, problem))) session.problems.push(problem);
}

function isSamePlace(told: Problem, { place, message }: Problem): boolean {
  return (
    place !== null &&
    told.message === message &&
    told.place?.path === place.path &&
    told.place.line === place.line &&
    told.place.column === place.column
  );
}

/** The problem that a typed error stands for; anything else is a bug and thrown again. */
export function problemOf(error: unknown, subject: SubjectName | null): Problem {
  if (error instanceof UserError) {
    return {
      kind: "input",
      subject,
      message: error.message,
      help: error.help ?? null,
      place: error.place ?? null,
      ...(error.lines.length === 0 ? {} : { lines: error.lines }),
    };
  }
  if (error instanceof EnvironmentError) {
    return { kind: "environment", subject, message: error.message, help: error.help ?? null, place: null };
  }
  throw error;
}
