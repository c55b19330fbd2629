import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// @ts-expect-error a plain script
import { fish as fishClient, zsh as zshClient } from "../../tools/clients/shells.mjs";

const zsh: string | null = zshClient.find();
const fish: string | null = fishClient.find();
const folder = mkdtempSync(join(tmpdir(), "trainlint-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function script(shell: string): string {
  const args = ["--import", "tsx", "src/cli.ts", "completion", shell];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** What is typed before the Tab, and what it becomes. */
const CASES = [
  ["trainlint expl", "explain"],
  ["trainlint run x --gra", "--grace"],
  ["trainlint --format sar", "sarif"],
  ["trainlint completion zs", "zsh"],
  ["trainlint explain handles-s", "handles-sigterm"],
  ["trainlint Docker", "Dockerfile"],
] as const;

beforeAll(() => writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n"));

describe.skipIf(fish === null)("fish", () => {
  beforeAll(() => writeFileSync(join(folder, "trainlint.fish"), script("fish")));

  test.each(CASES)("%s<Tab> gives %s", (line, word) => {
    const code = `source trainlint.fish; complete -C '${line}'`;
    const { stdout, stderr } = spawnSync(fish ?? "", ["--no-config", "-c", code], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder },
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout.split("\n").map((candidate) => candidate.split("\t")[0])).toContain(word);
  });
});

/** Types a line and a Tab into an interactive zsh, and prints what stands there then. */
const DRIVER = `zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell "PS1='' RPS1=''; fpath=($PWD/functions \\$fpath); autoload -U compinit; compinit -u -D; stty -echo; print READY"
seen=
repeat 200; do zpty -r -t shell part && seen+=$part; [[ $seen == *$'\\n'READY* ]] && break; sleep 0.05; done
zpty -w -n shell "$1"$'\\t'
seen=
silent=0
repeat 200; do
  if zpty -r -t shell part; then seen+=$part silent=0; else sleep 0.05; (( silent += 1 )); fi
  # The shell has nothing more to say.
  [[ -n $seen ]] && (( silent > 12 )) && break
done
zpty -d shell
print -r -- "$seen"
`;

describe.skipIf(zsh === null)("zsh", () => {
  beforeAll(() => {
    mkdirSync(join(folder, "functions"));
    writeFileSync(join(folder, "functions/_trainlint"), script("zsh"));
    writeFileSync(join(folder, "driver.zsh"), DRIVER);
  });

  test.each(CASES)("%s<Tab> gives %s", (line, word) => {
    const { stdout } = spawnSync(zsh ?? "", ["-f", "driver.zsh", line], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TERM: "xterm" },
      encoding: "utf8",
    });
    const typed = line.slice(0, line.lastIndexOf(" ") + 1);
    // Only what the shell added is printed anew; a bell may stand in front of it.
    expect(stdout.replaceAll(/\u001b\[[0-9;?]*[a-zA-Z]|\u0007/g, "")).toContain(typed + word);
  });
});
