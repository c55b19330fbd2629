import { describe, expect, test } from "vitest";
import { render } from "../../../src/report/formats.ts";
import { lineHashes } from "../../../src/report/line-hash.ts";
import type { Report } from "../../../src/report/report.ts";
import { REPORTED_RULES } from "../../support/reported-rules.ts";
import { DOCKERFILE, finding, hostileReport, LOCATIONS, OPTIONS, report } from "./sample.ts";

async function runOf(content: Report, options = OPTIONS) {
  const log = JSON.parse(await render("sarif", content, REPORTED_RULES, options));
  expect(log.version).toBe("2.1.0");
  expect(log.runs).toHaveLength(1);
  return log.runs[0];
}

const EVERYWHERE = report(Object.values(LOCATIONS).map((location) => finding(location)));

test("every result has a file and a region, or GitHub refuses them all", async () => {
  for (const content of [EVERYWHERE, hostileReport()]) {
    const { results } = await runOf(content);
    expect(results.length).toBeGreaterThan(0);
    for (const { locations } of results) {
      const { artifactLocation, region } = locations[0].physicalLocation;
      expect(artifactLocation.uri).not.toBe("");
      expect(region.startLine).toBeGreaterThanOrEqual(1);
      expect(region.endColumn).toBeGreaterThanOrEqual(1);
    }
  }
});

test("what each rule is, with help as text and Markdown", async () => {
  const { tool, results } = await runOf(EVERYWHERE);
  expect(tool.driver.name).toBe("trainlint");
  for (const rule of tool.driver.rules) {
    expect(rule.id).not.toBe(rule.name);
    for (const text of [rule.shortDescription.text, rule.fullDescription.text, rule.help.text]) {
      expect(text).toMatch(/[.?!]$/);
    }
    expect(rule.help.markdown).toContain("## How to turn it off");
    expect(["very-high", "high", "medium"]).toContain(rule.properties.precision);
    expect(rule.properties.tags.length).toBeLessThanOrEqual(10);
  }
  expect(tool.driver.rules[results[0].ruleIndex].id).toBe("TL101");
});

test("fingerprints are GitHub's own, where the file is at hand", async () => {
  const { results } = await runOf(report([finding(LOCATIONS.text)]));
  expect(results[0].partialFingerprints.primaryLocationLineHash).toBe(lineHashes(DOCKERFILE)[2]);
});

describe("image findings", () => {
  test("stand at the image's short name: no registry, tag or digest in any uri", async () => {
    const { results } = await runOf(
      report([finding(LOCATIONS["image-file"]), finding(LOCATIONS["image-config"])]),
    );
    expect(results.map(uriOf)).toEqual(["app/opt/ml/model/m.bin", "app/config.json"]);
    expect(results[0].locations[0].logicalLocations[0].fullyQualifiedName).toContain("sha256:");
  });

  test("stand on the Dockerfile's line where it was given", async () => {
    const imageSource = {
      path: "docker/Dockerfile",
      line: 1,
      lines: { "/config/Entrypoint": 3 },
      files: { "/opt/ml/model/m.bin": 2 },
    };
    const content = report([finding(LOCATIONS["image-config"]), finding(LOCATIONS["image-file"])], {
      imageSource,
    });
    const { results } = await runOf(content);
    expect(results.map(uriOf)).toEqual(["docker/Dockerfile", "docker/Dockerfile"]);
    expect(
      results.map(
        ({ locations }: { locations: { physicalLocation: { region: { startLine: number } } }[] }) =>
          locations[0]?.physicalLocation.region.startLine,
      ),
    ).toEqual([3, 2]);
  });
});

test("suppressed findings are there, as suppressed", async () => {
  const suppressed = [{ finding: finding(LOCATIONS.text), by: "inline", reason: "old base" }] as const;
  const { results } = await runOf(report([], { suppressed }));
  expect(results[0].suppressions).toEqual([
    { kind: "inSource", status: "accepted", justification: "old base" },
  ]);
});

test("a fix is there as replacements", async () => {
  const fix = {
    description: "Use the exec form",
    safe: true,
    path: "docker/Dockerfile",
    edits: [
      { range: { start: { line: 3, column: 12 }, end: { line: 3, column: 27 } }, replacement: '["python"]' },
    ],
  };
  const { results } = await runOf(report([finding(LOCATIONS.text, { fix })]));
  expect(results[0].fixes[0].artifactChanges[0].replacements[0].insertedContent.text).toBe('["python"]');
});

test("a category tells runs of the same tool from each other", async () => {
  expect((await runOf(EVERYWHERE)).automationDetails).toBeUndefined();
  const run = await runOf(EVERYWHERE, { ...OPTIONS, category: "gpu-image" });
  expect(run.automationDetails.id).toBe("gpu-image/");
});

test("paths are URIs", async () => {
  const at = (path: string) => finding({ ...LOCATIONS.text, path } as never);
  const { results } = await runOf(
    report([at("a b/#1/Dockerfile"), at("/abs/Dockerfile"), at("C:\\x\\Dockerfile")]),
  );
  expect(results.map(uriOf)).toEqual([
    "a%20b/%231/Dockerfile",
    "file:///abs/Dockerfile",
    "file:///C:/x/Dockerfile",
  ]);
});

test("more than GitHub takes: the worst are kept, the rest is counted", async () => {
  const findings = [
    ...Array.from({ length: 25_010 }, () => finding(LOCATIONS.text, { severity: "info", evidence: {} })),
    finding(LOCATIONS.text, { severity: "error" }),
  ];
  const content = await render("sarif", report(findings), REPORTED_RULES, OPTIONS);
  expect(content.length).toBeLessThan(10_000_000);
  const [run] = JSON.parse(content).runs;
  expect(run.results.length).toBeLessThanOrEqual(25_000);
  expect(run.results[0].level).toBe("error");
  expect(run.results.length + run.properties.resultsLeftOut).toBe(findings.length);
});

function uriOf(result: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }): string {
  return result.locations[0]?.physicalLocation.artifactLocation.uri ?? "";
}
