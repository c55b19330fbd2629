import { type Report, SUBJECT_WORDS } from "./report.ts";

/** For example `2 errors, 1 warning in 1 Dockerfile and 1 built image (1 suppressed); 2 fixed.` */
export function summaryLine(report: Report): string {
  const { error, warning, info } = report.summary;
  const counts = [
    ...(error > 0 ? [count(error, "error")] : []),
    ...(warning > 0 ? [count(warning, "warning")] : []),
    ...(info > 0 ? [`${info} info`] : []),
  ];
  const findings = counts.length === 0 ? "No findings" : counts.join(", ");
  const suppressed = report.suppressed.length > 0 ? ` (${report.suppressed.length} suppressed)` : "";
  const fixed = report.fixes?.written === true ? `; ${report.fixes.applied.length} fixed` : "";
  const undone = report.problems.length > 0 ? `; ${count(report.problems.length, "problem")} on the way` : "";
  return `${findings} in ${subjectsText(report)}${suppressed}${fixed}${undone}.`;
}

function subjectsText(report: Report): string {
  const kinds = [...new Set(report.subjects.map((subject) => subject.kind))];
  const parts = kinds.map((kind) =>
    count(report.subjects.filter((subject) => subject.kind === kind).length, SUBJECT_WORDS[kind]),
  );
  if (parts.length === 0) return "nothing: there was no file to look at";
  return parts.length === 1 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
