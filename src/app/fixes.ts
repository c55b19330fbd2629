import type { Finding, Fix } from "../core/finding.ts";
import { fixAll } from "../core/fix.ts";
import { withoutSecrets } from "../core/secrets/redact.ts";
import { rewriteFile } from "../edges/files.ts";
import { type FileChange, unifiedDiff } from "../report/diff.ts";
import { visible, withoutWorkflowCommands } from "../report/hygiene.ts";
import { paintOf } from "../report/paint.ts";
import type { FixOutcome } from "../report/report.ts";
import type { Session } from "./session.ts";
import { partSession } from "./session.ts";

/** What is done about the findings that can be fixed. */
export interface FixRequest {
  /** False for `--diff`, which only shows. */
  readonly write: boolean;
  /** Whether fixes count that change more than the finding. */
  readonly unsafe: boolean;
}

/** What becomes of one file. */
export interface SourceChange extends FileChange, FixOutcome {
  readonly isStdin: boolean;
}

/** The change that the fixes of this text make; `judge` lints a text into a session. Nothing is written. */
export async function changeOf(
  session: Session,
  source: { readonly path: string; readonly text: string; readonly isStdin: boolean },
  request: FixRequest,
  judge: (session: Session, text: string) => Promise<void>,
): Promise<SourceChange> {
  const lint = async (text: string): Promise<readonly Finding[]> => {
    const trial = partSession(session);
    await judge(trial, text);
    return trial.units.flatMap(({ findings }) => findings);
  };
  const isWanted = (fix: Fix): boolean => fix.path === source.path && (fix.safe || request.unsafe);
  const { text, applied, refused } = await fixAll(source.text, lint, isWanted);
  const { path, isStdin } = source;
  return { path, isStdin, before: source.text, after: text, applied, refused };
}

/** Writes a change into its file, where there is any; standard input has none. Answers whether it has written. */
export async function writeChange(
  { path, isStdin, before, after }: SourceChange,
  file: string | null,
): Promise<boolean> {
  if (isStdin || file === null || before === after) return false;
  await rewriteFile(file, after, path);
  return true;
}

/** How a diff is shown. */
export interface DiffOptions {
  /** As `ReportOptions.color`. */
  readonly color: 0 | 1 | 2 | 3;
  /** Byte for byte, as `git apply` needs it; else what a terminal or a CI runner would obey is made harmless, and secrets are hidden. */
  readonly raw: boolean;
}

/** All changes as one unified diff. */
export async function diffText(changes: readonly FileChange[], { color, raw }: DiffOptions): Promise<string> {
  const diff = changes.map(unifiedDiff).join("");
  const shown = raw ? diff : withoutWorkflowCommands(visible(withoutSecrets(diff.replaceAll("\r\n", "\n"))));
  if (color === 0) return shown;
  const paint = await paintOf(color);
  const painted = shown.split("\n").map((line) => {
    if (/^(---|\+\+\+) /.test(line)) return paint.bold(line);
    if (line.startsWith("@@")) return paint.link(line);
    if (line.startsWith("+")) return paint.help(line);
    return line.startsWith("-") ? paint.removed(line) : line;
  });
  return painted.join("\n");
}
