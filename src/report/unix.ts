import { placed } from "./by-file.ts";
import type { Reporter } from "./report.ts";

/** One line for each finding, as compilers print them: for editors, problem matchers and grep. */
export const unix: Reporter = (report) => {
  const findings = placed(report).map(
    ({ finding, place }) =>
      `${place.path}:${place.line}:${place.column}: ${finding.severity}: ${finding.message} [${finding.ruleId}]`,
  );
  const problems = report.problems.map((problem) => {
    const path = problem.place?.path ?? problem.subject?.name ?? "trainlint";
    return `${path}:${problem.place?.line ?? 1}:${problem.place?.column ?? 1}: error: ${problem.message}`;
  });
  return [...findings, ...problems].map((line) => `${line}\n`).join("");
};
