import { describe, expect, test } from "vitest";
import { FORMAT_NAMES } from "../../../src/core/formats.ts";
import { render } from "../../../src/report/formats.ts";
import { REPORTED_RULES } from "../../support/reported-rules.ts";
import { finding, hostileReport, LOCATIONS, OPTIONS, report } from "./sample.ts";

const EVERYWHERE = Object.values(LOCATIONS).map((location, index) =>
  finding(location, { fingerprint: `00000000000000${index}0` }),
);

describe.each(FORMAT_NAMES)("%s", (format) => {
  test("is the same each time", async () => {
    const once = await render(format, report(EVERYWHERE), REPORTED_RULES, OPTIONS);
    expect(await render(format, report(EVERYWHERE), REPORTED_RULES, OPTIONS)).toBe(once);
  });

  test("names every finding's rule", async () => {
    const shown = await render(format, report(EVERYWHERE), REPORTED_RULES, OPTIONS);
    expect(shown.match(/TL101/g)?.length ?? 0).toBeGreaterThanOrEqual(EVERYWHERE.length);
  });

  test("says something about a report without findings", async () => {
    const shown = await render(format, report([]), REPORTED_RULES, OPTIONS);
    if (format === "unix") expect(shown).toBe("");
    else expect(shown.trim()).not.toBe("");
  });

  test("lets nothing of a guest reach a terminal or a runner raw", async () => {
    const shown = await render(format, hostileReport(), REPORTED_RULES, OPTIONS);
    expect(shown).not.toMatch(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029\u2066-\u2069]/,
    );
    expect(shown).not.toMatch(/##(\[|vso\[)/);
    const commands = shown.split("\n").filter((line) => /^\s*::/.test(line));
    if (format !== "github") expect(commands).toEqual([]);
    for (const line of commands) expect(line).toMatch(/^::(error|warning|notice) [^:]*::[^\n]*$/);
  });
});

describe("XML formats", () => {
  test.each(["junit", "checkstyle"] as const)("%s holds no markup of a guest", async (format) => {
    const shown = await render(format, hostileReport(), REPORTED_RULES, OPTIONS);
    expect(shown).not.toContain("<script");
    expect(shown).not.toMatch(/&(?!amp;|lt;|gt;|quot;|apos;|#1[03];)/);
    expect(tagsBalance(shown)).toBe(true);
  });

  test("junit counts what it has", async () => {
    const mixed = [finding(LOCATIONS.text), finding(LOCATIONS.text, { severity: "info" })];
    const shown = await render("junit", report(mixed), REPORTED_RULES, OPTIONS);
    expect(shown).toContain('<testsuites name="trainlint" tests="2" failures="1" errors="0">');
    expect(shown.match(/<failure /g)).toHaveLength(1);
    const clean = await render("junit", report([]), REPORTED_RULES, OPTIONS);
    expect(clean).toContain('<testcase classname="docker/Dockerfile" name="trainlint" time="0"/>');
  });

  test("checkstyle has an empty node for a clean file", async () => {
    expect(await render("checkstyle", report([]), REPORTED_RULES, OPTIONS)).toContain(
      '<file name="docker/Dockerfile"/>',
    );
  });
});

describe("github", () => {
  test("shows ten of a kind, the worst first, and counts the rest", async () => {
    const many = (severity: "error" | "warning" | "info") =>
      Array.from({ length: 12 }, () => finding(LOCATIONS.text, { severity }));
    const findings = [...many("info"), ...many("warning"), ...many("error")];
    const lines = (await render("github", report(findings), REPORTED_RULES, OPTIONS)).trimEnd().split("\n");
    const kinds = lines.map((line) => /^::(\w+)/.exec(line)?.[1]);
    expect(kinds.slice(0, 30)).toEqual([
      ...Array(10).fill("error"),
      ...Array(10).fill("warning"),
      ...Array(10).fill("notice"),
    ]);
    expect(lines[30]).toContain("6 more findings");
    expect(lines[31]).toBe("trainlint: errors 12, warnings 12, info 12");
  });

  test("escapes what the runner would read as its own", async () => {
    const shown = await render(
      "github",
      report([finding({ ...LOCATIONS.text, path: "a,b:c%d" } as never, { message: "50% done" })]),
      REPORTED_RULES,
      OPTIONS,
    );
    expect(shown).toContain("file=a%2Cb%3Ac%25d,");
    expect(shown).toContain("::50%25 done%0AUse the exec form.");
  });
});

test("gitlab: fingerprints are unique, and free of line numbers", async () => {
  const [a, b] = [finding(LOCATIONS.text), finding(LOCATIONS.text)];
  const moved = finding({
    ...LOCATIONS.text,
    start: { line: 9, column: 1 },
    end: { line: 9, column: 2 },
  } as never);
  const prints = async (findings: Parameters<typeof report>[0]) =>
    JSON.parse(await render("gitlab", report(findings), REPORTED_RULES, OPTIONS)).map(
      ({ fingerprint }: { fingerprint: string }) => fingerprint,
    );
  const [first, second] = await prints([a, b]);
  expect(first).not.toBe(second);
  expect(await prints([moved])).toEqual([first]);
});

test("rdjson counts columns in bytes of UTF-8", async () => {
  const texts = new Map([["docker/Dockerfile", "é漢🙂x\n"]]);
  const at = {
    kind: "text",
    path: "docker/Dockerfile",
    start: { line: 1, column: 5 },
    end: { line: 1, column: 6 },
  };
  const shown = await render("rdjson", report([finding(at as never)], { texts }), REPORTED_RULES, OPTIONS);
  expect(JSON.parse(shown).diagnostics[0].location.range).toEqual({
    start: { line: 1, column: 10 },
    end: { line: 1, column: 11 },
  });
});

test("unix is one line for each finding", async () => {
  const shown = await render("unix", report(EVERYWHERE), REPORTED_RULES, OPTIONS);
  expect(shown.trimEnd().split("\n")).toHaveLength(EVERYWHERE.length);
  expect(shown).toContain("docker/Dockerfile:3:1: error: ENTRYPOINT is in shell form [TL101]\n");
  expect(shown).toContain("app/opt/ml/model/m.bin:1:1: error:");
});

describe("markdown", () => {
  test("text stays text", async () => {
    const shown = await render("markdown", hostileReport(), REPORTED_RULES, OPTIONS);
    expect(shown).not.toContain("<script");
    expect(shown.replaceAll("\\|", "")).not.toMatch(/\|alert/);
  });

  test("stays below what a step summary may hold, and counts the rest", async () => {
    const long = Array.from({ length: 3000 }, () => finding(LOCATIONS.text, { message: "漢".repeat(200) }));
    const shown = await render("markdown", report(long), REPORTED_RULES, OPTIONS);
    expect(new TextEncoder().encode(shown).length).toBeLessThan(1024 * 1024);
    expect(shown).toMatch(/\d+ more findings are not shown here\./);
  });
});

/** Whether every tag is closed in its order. */
function tagsBalance(xml: string): boolean {
  const open: string[] = [];
  for (const [, close, name, rest] of xml.matchAll(/<(\/?)([a-z-]+)([^<>]*)>/g)) {
    if (close === "/") {
      if (open.pop() !== name) return false;
    } else if (!(rest ?? "").endsWith("/")) open.push(name ?? "");
  }
  return open.length === 0;
}
