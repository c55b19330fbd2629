import { applyEdits } from "./edit.ts";
import type { Finding, Fix } from "./finding.ts";
import { SEVERITY_WEIGHT } from "./verdict.ts";

/** The findings of a text, as linting it gives them. */
export type Lint = (text: string) => Promise<readonly Finding[]>;

/** What became of a text. */
export interface FixResult {
  readonly text: string;
  /** The findings whose fixes were made, in the order of the edits. */
  readonly applied: readonly Finding[];
  /** Findings whose fix was left out, since another as grave would have come in their place. */
  readonly refused: readonly Finding[];
}

/** Most fixes in one text, and most that one fix may bring with it: far beyond what a Dockerfile needs. */
const MOST_FIXES = 100;
const MOST_FOLLOWING = 8;

interface State {
  readonly text: string;
  readonly findings: readonly Finding[];
}

/**
 * Makes the fixes of a text's findings, one after the other, so that fixes of the same words never meet. Each is
 * proved by linting the result: its finding must be gone, and nothing may have come instead. What a fix brings to
 * light (a tini behind a broken array) is fixed along with it, or the fix is not made.
 */
export async function fixAll(text: string, lint: Lint, isWanted: (fix: Fix) => boolean): Promise<FixResult> {
  let state: State = { text, findings: await lint(text) };
  const applied: Finding[] = [];
  let refused: Finding[] = [];
  while (applied.length < MOST_FIXES) {
    const known = new Set(refused.map(({ fingerprint }) => fingerprint));
    const finding = state.findings.find((item) => hasFix(item, isWanted) && !known.has(item.fingerprint));
    if (finding === undefined) break;
    const settled = await settle(state, finding, lint, isWanted);
    if (settled === null) {
      refused.push(finding);
      continue;
    }
    state = settled.state;
    applied.push(...settled.applied);
    // What stood in the way of another fix may be gone.
    refused = [];
  }
  return { text: state.text, applied, refused };
}

function hasFix(finding: Finding, isWanted: (fix: Fix) => boolean): boolean {
  return finding.fix !== undefined && isWanted(finding.fix);
}

/** Makes one fix and those that it calls for; `null` when a finding would be left that was not there before. */
async function settle(
  before: State,
  finding: Finding,
  lint: Lint,
  isWanted: (fix: Fix) => boolean,
): Promise<{ state: State; applied: Finding[] } | null> {
  const applied: Finding[] = [];
  let state = before;
  let next: Finding | undefined = finding;
  while (next?.fix !== undefined && applied.length <= MOST_FOLLOWING) {
    const text = applyEdits(state.text, next.fix.edits);
    applied.push(next);
    if (text === state.text) return null;
    state = { text, findings: await lint(text) };
    const troubles = leftBy(before.findings, state.findings, finding);
    if (troubles.length === 0) return { state, applied };
    next = troubles.find((item) => hasFix(item, isWanted));
  }
  return null;
}

/**
 * The findings of rules that find more than before, and of the fixed rule when it does not find less. Counted by
 * rule, since the edit has changed the line that fingerprints are made of. What weighs less than the fixed finding
 * is no trouble: an array that is now understood may start Python without -u.
 */
function leftBy(before: readonly Finding[], after: readonly Finding[], fixed: Finding): Finding[] {
  const counts = countByRule(before);
  const now = countByRule(after);
  return after.filter(({ ruleId, severity }) => {
    const isLess = SEVERITY_WEIGHT[severity] < SEVERITY_WEIGHT[fixed.severity];
    if (isLess && ruleId !== fixed.ruleId) return false;
    const allowed = (counts.get(ruleId) ?? 0) - (ruleId === fixed.ruleId ? 1 : 0);
    return (now.get(ruleId) ?? 0) > allowed;
  });
}

function countByRule(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { ruleId } of findings) counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1);
  return counts;
}
