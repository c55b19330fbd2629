import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

interface CruiseResult {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
}

function cruise(folder: string): CruiseResult {
  const result = spawnSync(
    process.execPath,
    [
      "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
      "--config",
      ".dependency-cruiser.cjs",
      "--output-type",
      "json",
      folder,
    ],
    { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
  );
  return JSON.parse(result.stdout) as CruiseResult;
}

describe("import direction", () => {
  it("holds in src, and the modules were really read", () => {
    const { summary } = cruise("src");
    expect(summary.totalCruised).toBeGreaterThan(50);
    expect(
      summary.violations.map((violation) => `${violation.rule.name}: ${violation.from} → ${violation.to}`),
    ).toEqual([]);
  });

  it("is seen to be broken where it is", () => {
    const { summary } = cruise("test/fixtures/direction/src");
    expect(summary.violations.map((violation) => violation.rule.name)).toContain("core-stands-alone");
  });
});

describe("types of the pure parts", () => {
  it("refuse anything of Node", () => {
    mkdirSync(".cache", { recursive: true });
    const folder = mkdtempSync(join(".cache", "types-"));
    try {
      writeFileSync(
        join(folder, "impure.ts"),
        'import { readFileSync } from "node:fs";\nexport const text = readFileSync("x");\nexport const pid = process.pid;\n',
      );
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({ extends: "../../tsconfig.core.json", include: ["impure.ts"], exclude: [] }),
      );
      const result = spawnSync(join("node_modules", ".bin", "tsc"), ["-p", folder], { encoding: "utf8" });
      expect(result.status).not.toBe(0);
      expect(result.stdout).toContain("node:fs");
      expect(result.stdout).toContain("process");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
