import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
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

const { forbidden } = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as {
  readonly forbidden: readonly { readonly name: string }[];
};
const ruleNames = forbidden.map(({ name }) => name);

describe("import direction", () => {
  it("holds in src, and the modules were really read", () => {
    const { summary } = cruise("src");
    expect(summary.totalCruised).toBeGreaterThan(50);
    expect(
      summary.violations.map((violation) => `${violation.rule.name}: ${violation.from} → ${violation.to}`),
    ).toEqual([]);
  });

  const broken = cruise("test/fixtures/direction/src").summary.violations;

  it.each(ruleNames)("is seen to be broken: %s", (name) => {
    expect(broken.map((violation) => violation.rule.name)).toContain(name);
  });

  it("counts types as imports", () => {
    const breakers = broken.map(({ rule, from }) => `${rule.name} ${from.split("/").at(-1)}`);
    expect(breakers).toContain("core-stands-alone imports-type-of-edge.ts");
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
