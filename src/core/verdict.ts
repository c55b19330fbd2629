import type { Finding, Severity } from "./finding.ts";

/** From which severity on findings make the command fail. */
export type FailOn = Severity | "never";

/** Process exit codes; the output format never changes them. */
export const EXIT = { clean: 0, findings: 1, usage: 2, environment: 3, bug: 4 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The graver, the higher. */
export const SEVERITY_WEIGHT: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** How many findings there are of each severity. */
export function summarize(findings: readonly Finding[]): Record<Severity, number> {
  const summary: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const finding of findings) summary[finding.severity] += 1;
  return summary;
}

/** The exit code for these findings at this threshold. */
export function verdict(findings: readonly Finding[], failOn: FailOn): 0 | 1 {
  if (failOn === "never") return EXIT.clean;
  return findings.some((finding) => SEVERITY_WEIGHT[finding.severity] >= SEVERITY_WEIGHT[failOn])
    ? EXIT.findings
    : EXIT.clean;
}
