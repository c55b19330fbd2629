import { type ExecFileOptions, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Builds the bundle into `folder` with the project's own script, as users get it; answers its path. */
export async function buildBundle(folder: string): Promise<string> {
  const path = join(folder, "trainlint.mjs");
  await promisify(execFile)(process.execPath, [join(root, "tools/bundle.mjs"), path], { cwd: root });
  return path;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The bundle, built once for a test file, with a working folder of its own. */
export class Cli {
  readonly folder = mkdtempSync(join(tmpdir(), "trainlint-cli-"));
  readonly bundle = join(this.folder, "bin/trainlint.mjs");

  async build(): Promise<void> {
    await mkdir(dirname(this.bundle));
    await buildBundle(dirname(this.bundle));
    await mkdir(join(this.folder, "work"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The working folder of the commands. */
  get work(): string {
    return join(this.folder, "work");
  }

  async write(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(this.work, path)), { recursive: true });
    await writeFile(join(this.work, path), content);
  }

  /** Runs the bundle as a child process with a clean environment. */
  async run(
    args: readonly string[],
    options: {
      readonly input?: string;
      readonly env?: NodeJS.ProcessEnv;
      readonly node?: readonly string[];
      /** Where it runs, below the working folder. */
      readonly folder?: string;
    } = {},
  ): Promise<Ran> {
    const settings: ExecFileOptions = {
      cwd: join(this.work, options.folder ?? ""),
      env: { PATH: process.env.PATH, HOME: this.folder, ...options.env },
    };
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [...(options.node ?? []), this.bundle, ...args], settings);
      let stdout = "";
      let stderr = "";
      child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
        stdout += chunk;
      });
      child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
        stderr += chunk;
      });
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, stdout, stderr }));
      child.stdin?.on("error", () => {});
      child.stdin?.end(options.input ?? "");
    });
  }
}

/** A bundle that is built before the tests of this block and gone after them. */
export function useCli(): Cli {
  const cli = new Cli();
  beforeAll(() => cli.build(), 120_000);
  afterAll(() => cli.remove());
  return cli;
}

/** Writes a file outside of the working folder, for preloads. */
export function scratchFile(folder: string, name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
