import type { Finding, Location } from "../../core/finding.ts";
import { linesOf } from "../../core/text.ts";
import { wellFormed } from "../hygiene.ts";
import { type FilePlace, filePlace, placeText } from "../place.ts";
import type { Report } from "../report.ts";
import { snippetOf } from "./snippet.ts";

/** A finding's location: a file with a region, and what it is inside of an image, a run or a request. */
export function location(finding: Finding, report: Report): object {
  return { physicalLocation: physicalLocation(finding.location, report), ...logicalLocations(finding) };
}

/** The file and region of a place; with the source where the file is at hand. */
export function physicalLocation(at: Location, report: Report): object {
  const place = filePlace(at, report.imageSource);
  const source = report.texts.get(place.path);
  const snippet = source === undefined ? null : snippetOf(source, place);
  return {
    artifactLocation: artifactLocation(place.path),
    region: { ...region(place, source), ...(snippet === null ? {} : { snippet: { text: snippet.region } }) },
    ...(snippet === null
      ? {}
      : {
          contextRegion: {
            startLine: snippet.firstLine,
            endLine: snippet.lastLine,
            snippet: { text: snippet.context },
          },
        }),
  };
}

/** GitHub wants all four numbers. A place that marks nothing on its line marks the whole line, where it is known. */
function region({ line, column, endLine, endColumn }: FilePlace, source: string | undefined): object {
  const marksNothing = endLine === line && endColumn <= column;
  const end = marksNothing ? Math.max(column, lineLength(source, line) + 1) : endColumn;
  return { startLine: line, startColumn: column, endLine, endColumn: end };
}

function lineLength(source: string | undefined, line: number): number {
  return source === undefined ? 0 : (linesOf(source)[line - 1]?.length ?? 0);
}

/** Relative paths count from the folder that trainlint ran in; others are file URIs. */
export function artifactLocation(path: string): object {
  const slashed = path.replace(/\\/g, "/").replace(/^(\.\/)+/, "");
  const encoded = wellFormed(slashed).split("/").map(encodeURIComponent).join("/");
  if (slashed.startsWith("/")) return { uri: `file://${encoded}` };
  if (/^[A-Za-z]:\//.test(slashed)) return { uri: `file:///${encoded.replace("%3A", ":")}` };
  return { uri: encoded, uriBaseId: "%SRCROOT%" };
}

/** Layers and digests belong here: in a `uri` they would make a new alert of each build. */
function logicalLocations({ location: at }: Finding): object {
  switch (at.kind) {
    case "text":
      return {};
    case "job":
      return { logicalLocations: [{ fullyQualifiedName: at.pointer, kind: "member" }] };
    case "image-config":
      return { logicalLocations: [{ fullyQualifiedName: `${at.image}${at.pointer}`, kind: "resource" }] };
    case "image-file": {
      const fullyQualifiedName = `${at.image}@${at.layer ?? "unknown layer"}:${at.path}`;
      return { logicalLocations: [{ name: at.path, fullyQualifiedName, kind: "file" }] };
    }
    case "run":
      return { logicalLocations: [{ fullyQualifiedName: placeText(at), kind: "process" }] };
  }
}
