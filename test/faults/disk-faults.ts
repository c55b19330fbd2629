import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "./program.ts";
import type { Complaints } from "./smoke-faults.ts";

/** A report that does not fit on the disk: exit code 3 with the cause, and no half of a file. */
export async function fullDisk(bundle: string, dockerfile: string): Promise<Complaints> {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4k", "trainlint-disk", folder]);
  try {
    const out = join(folder, "report.sarif");
    const ended = await runProgram(bundle, [dockerfile, "--format", `sarif=${out}`]);
    return [
      ...(ended.code === 3 ? [] : [`exit code ${ended.code}: ${ended.output}`]),
      ...(/space|ENOSPC/i.test(ended.output) ? [] : [`no cause: ${ended.output}`]),
      ...(existsSync(out) ? ["half of a report is left"] : []),
      ...readdirSync(folder).map((name) => `${name} is left`),
    ];
  } finally {
    execFileSync("umount", [folder]);
    rmSync(folder, { recursive: true });
  }
}
