import type { Finding, Fix } from "../../core/finding.ts";
import { filePlace } from "../place.ts";
import type { Report, Suppressed } from "../report.ts";
import { LEVEL } from "./levels.ts";
import { artifactLocation, location, physicalLocation } from "./places.ts";
import { runFacts } from "./run-facts.ts";
import { sentence } from "./words.ts";

/** A finding, and what took it out where something did. */
export interface Item {
  readonly finding: Finding;
  readonly suppressed: Suppressed | null;
}

/** What results need of their log. */
export interface LogContext {
  readonly report: Report;
  /** Rule id → its place in `tool.driver.rules`. */
  readonly ruleIndexes: ReadonlyMap<string, number>;
  /** Path → `primaryLocationLineHash` of each of its lines. */
  readonly hashes: ReadonlyMap<string, readonly string[]>;
}

export function result({ finding, suppressed }: Item, context: LogContext): object {
  const { report, ruleIndexes, hashes } = context;
  const place = filePlace(finding.location, report.imageSource);
  const ruleIndex = ruleIndexes.get(finding.ruleId);
  return {
    ruleId: finding.ruleId,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVEL[finding.severity],
    message: { text: `${sentence(finding.message)} ${sentence(finding.help)}` },
    locations: [location(finding, report)],
    ...relatedLocations(finding, report),
    partialFingerprints: {
      primaryLocationLineHash: hashes.get(place.path)?.[place.line - 1] ?? `${finding.fingerprint}:1`,
      "trainlint/v1": finding.fingerprint,
    },
    ...(finding.fix === undefined ? {} : { fixes: [fix(finding.fix)] }),
    ...(suppressed === null ? {} : { suppressions: [suppression(suppressed)] }),
    properties: {
      messageId: finding.messageId,
      evidence: finding.evidence,
      location: finding.location,
      ...smokeRun(finding, report),
    },
  };
}

/** The key facts of the run that a finding is about. */
function smokeRun({ location: at }: Finding, report: Report): object {
  const run = at.kind === "run" ? report.runs.find(({ image }) => image.name === at.image) : undefined;
  return run === undefined ? {} : { smokeRun: runFacts(run) };
}

function relatedLocations(finding: Finding, report: Report): object {
  if (finding.related.length === 0) return {};
  return {
    relatedLocations: finding.related.map((related, id) => ({
      id,
      physicalLocation: physicalLocation(related.location, report),
      message: { text: sentence(related.message) },
    })),
  };
}

function fix(item: Fix): object {
  return {
    description: { text: sentence(item.description) },
    artifactChanges: [
      {
        artifactLocation: artifactLocation(item.path),
        replacements: item.edits.map((edit) => ({
          deletedRegion: {
            startLine: edit.range.start.line,
            startColumn: edit.range.start.column,
            endLine: edit.range.end.line,
            endColumn: edit.range.end.column,
          },
          insertedContent: { text: edit.replacement },
        })),
      },
    ],
  };
}

function suppression(item: Suppressed): object {
  return {
    kind: item.by === "inline" ? "inSource" : "external",
    status: "accepted",
    ...(item.reason === null ? {} : { justification: item.reason }),
  };
}
