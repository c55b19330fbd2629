import type { Severity } from "../core/finding.ts";
import { linesOf, type Position } from "../core/text.ts";
import { placed } from "./by-file.ts";
import { printableJson } from "./hygiene.ts";
import type { Report, Reporter } from "./report.ts";
import { findingUrl } from "./rule-page.ts";

const SEVERITY: Readonly<Record<Severity, "ERROR" | "WARNING" | "INFO">> = {
  error: "ERROR",
  warning: "WARNING",
  info: "INFO",
};

/** reviewdog's diagnostic format; its columns count bytes of UTF-8. */
export const rdjson: Reporter = (report) => {
  const diagnostics = placed(report).map(({ finding, place }) => {
    const at = (position: Position) => bytePosition(report, place.path, position);
    const { fix } = finding;
    const url = findingUrl(report, finding);
    return {
      message: `${finding.message} ${finding.help}`,
      location: {
        path: place.path,
        range: {
          start: at(place),
          end: at({ line: place.endLine, column: place.endColumn }),
        },
      },
      severity: SEVERITY[finding.severity],
      code: { value: finding.ruleId, ...(url === null ? {} : { url }) },
      ...(fix === undefined || fix.path !== place.path
        ? {}
        : {
            suggestions: fix.edits.map(({ range, replacement }) => ({
              range: { start: at(range.start), end: at(range.end) },
              text: replacement,
            })),
          }),
    };
  });
  return `${printableJson({ source: { name: "trainlint" }, diagnostics })}\n`;
};

function bytePosition(report: Report, path: string, position: Position): Position {
  const line = linesOf(report.texts.get(path) ?? "")[position.line - 1];
  if (line === undefined) return position;
  const before = line.slice(0, position.column - 1);
  return { line: position.line, column: utf8Length(before) + (position.column - 1 - before.length) + 1 };
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
