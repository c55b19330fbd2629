import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Nothing of the user's own git settings. */
export const GIT_ENV = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "T",
  GIT_AUTHOR_EMAIL: "t@example.com",
  GIT_COMMITTER_NAME: "T",
  GIT_COMMITTER_EMAIL: "t@example.com",
} as const;

/** A git repository with the files of `from` and then `files`, all committed. */
export function scratchRepository(
  folder: string,
  files: { readonly [path: string]: string },
  from: string | null = null,
): void {
  mkdirSync(folder, { recursive: true });
  if (from !== null) cpSync(from, folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  git(folder, "init", "--quiet", "--initial-branch=main");
  git(folder, "remote", "add", "origin", "https://git.example.com/group/project.git");
  git(folder, "add", "--all", "--force");
  git(folder, "commit", "--quiet", "--message=Everything");
}

function git(folder: string, ...args: readonly string[]): void {
  const env = { ...GIT_ENV, PATH: process.env.PATH, HOME: folder };
  const { status, stderr } = spawnSync("git", args, { cwd: folder, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
}
