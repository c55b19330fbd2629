import { byFile, type FileResult, type PlacedFinding } from "./by-file.ts";
import { placeText } from "./place.ts";
import type { Problem, Report, Reporter } from "./report.ts";
import { wholeText } from "./rule-page.ts";
import { element, escapeXml, XML_HEAD } from "./xml.ts";

/**
 * JUnit XML: a suite for each file, a case for each finding. Errors and warnings are failures, `info` passes with
 * its text as output; a file without findings has one case that passes.
 */
export const junit: Reporter = (report) => {
  const files = byFile(report);
  const suites = files.map((file) => suite(file, report));
  const attributes = {
    name: "trainlint",
    tests: sum(files, testCount),
    failures: sum(files, failureCount),
    errors: sum(files, ({ problems }) => problems.length),
  };
  return `${XML_HEAD}\n${element("testsuites", attributes, suites)}\n`;
};

function suite(file: FileResult, report: Report): string {
  const cases = [
    ...file.findings.map((item) => findingCase(item, report)),
    ...file.problems.map((problem) => problemCase(problem, file.path)),
  ];
  if (cases.length === 0)
    cases.push(element("testcase", { classname: file.path, name: "trainlint", time: 0 }));
  const attributes = {
    name: file.path,
    tests: testCount(file),
    failures: failureCount(file),
    errors: file.problems.length,
    time: 0,
  };
  return element("testsuite", attributes, cases);
}

function testCount({ findings, problems }: FileResult): number {
  return Math.max(1, findings.length + problems.length);
}

function failureCount({ findings }: FileResult): number {
  return findings.filter(({ finding }) => finding.severity !== "info").length;
}

function findingCase({ finding, place }: PlacedFinding, report: Report): string {
  const name = `${finding.ruleId} ${finding.rule} (${place.line}:${place.column})`;
  const text = escapeXml(`${placeText(finding.location)}: ${wholeText(report, finding, "\n")}`);
  const body =
    finding.severity === "info"
      ? `<system-out>${text}</system-out>`
      : `<failure type="${finding.severity}" message="${escapeXml(finding.message)}">${text}</failure>`;
  return element("testcase", { classname: place.path, name, time: 0 }, [body]);
}

function problemCase(problem: Problem, path: string): string {
  const body = `<error type="${problem.kind}" message="${escapeXml(problem.message)}">${escapeXml(problem.help ?? "")}</error>`;
  return element("testcase", { classname: path, name: "trainlint", time: 0 }, [body]);
}

function sum(files: readonly FileResult[], count: (file: FileResult) => number): number {
  return files.reduce((total, file) => total + count(file), 0);
}
