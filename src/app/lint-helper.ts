import { Readable } from "node:stream";
import { help } from "../edges/helpers.ts";
import { dockerfileRules } from "../rules/for-dockerfiles.ts";
import { lintItems } from "./lint.ts";
import type { LintedBatch, SharedLint } from "./lint-shared.ts";
import { beginSession, partSession } from "./session.ts";

/** What a helper of `lintShared` does in its thread. */
export async function helpLinting(): Promise<void> {
  await help<SharedLint, LintedBatch>(({ request, batches }) => {
    const whole = {
      ...request,
      stdin: () => Readable.from([]),
      progress: () => {},
      signal: new AbortController().signal,
      prepareForMany: () => {},
    };
    const session = beginSession(whole, dockerfileRules);
    return async (batch) => {
      const part = partSession(session);
      await lintItems(part, whole, batches[batch] ?? [], []);
      const { units, subjects, problems, crashes, unreadInput, texts } = part;
      return { units, subjects, problems, crashes, unreadInput, texts };
    };
  });
}
