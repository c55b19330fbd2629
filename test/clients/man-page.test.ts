import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
// @ts-expect-error a plain script
import { mandoc } from "../../tools/clients/mandoc.mjs";

const program: string | null = mandoc.find();

test.skipIf(program === null)("mandoc reads the manual page, and shows every command and option", () => {
  const lint = spawnSync(program ?? "", ["-T", "lint", "-W", "error", "docs/trainlint.1"], {
    encoding: "utf8",
  });
  expect(lint.stdout).toBe("");
  const { stdout } = spawnSync(program ?? "", ["-T", "ascii", "-O", "width=200", "docs/trainlint.1"], {
    encoding: "utf8",
  });
  const page = stdout.replaceAll(/.\u0008/g, "");
  for (const { name, options } of COMMANDS) {
    expect(page).toContain(`trainlint ${name === "lint" ? "[lint]" : name}`);
    for (const option of options) expect(page).toContain(`--${option.name}`);
  }
});
