import { byFile } from "./by-file.ts";
import type { Reporter } from "./report.ts";
import { wholeText } from "./rule-page.ts";
import { element, XML_HEAD } from "./xml.ts";

/** Checkstyle XML; a file without findings has an empty node. */
export const checkstyle: Reporter = (report) => {
  const files = byFile(report).map(({ path, findings, problems }) =>
    element("file", { name: path }, [
      ...findings.map(({ finding, place }) =>
        element("error", {
          line: place.line,
          column: place.column,
          severity: finding.severity,
          message: wholeText(report, finding, " "),
          source: `trainlint.${finding.ruleId}`,
        }),
      ),
      ...problems.map((problem) =>
        element("error", {
          line: problem.place?.line ?? 1,
          severity: "error",
          message: problem.message,
          source: "trainlint",
        }),
      ),
    ]),
  );
  return `${XML_HEAD}\n${element("checkstyle", { version: "4.3" }, files)}\n`;
};
