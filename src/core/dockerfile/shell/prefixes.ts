import { baseName } from "../../paths.ts";
import type { ShellWord } from "../model.ts";

/** A command that runs the command in its own words. */
interface Prefix {
  /** Options that take the next word as their value. */
  readonly values?: readonly string[];
  /** How many words stand between the options and the inner command, e.g. the duration of `timeout`. */
  readonly operands?: number;
  /** The words that must follow, e.g. `conda run`. */
  readonly verb?: string;
}

const SUDO: Prefix = {
  values: ["-u", "--user", "-g", "--group", "-C", "-p", "--prompt", "-h", "-r", "-t", "-D"],
};
const CONDA_RUN: Prefix = { verb: "run", values: ["-n", "--name", "-p", "--prefix", "--cwd", "-a"] };

const PREFIXES: ReadonlyMap<string, Prefix> = new Map<string, Prefix>([
  ["sudo", SUDO],
  ["doas", { values: ["-u", "-C"] }],
  ["env", { values: ["-u", "--unset", "-C", "--chdir"] }],
  ["exec", { values: ["-a"] }],
  ["time", { values: ["-f", "-o", "--format", "--output"] }],
  ["nice", { values: ["-n", "--adjustment"] }],
  ["ionice", { values: ["-c", "-n", "--class", "--classdata"] }],
  ["nohup", {}],
  ["command", {}],
  ["builtin", {}],
  ["setsid", {}],
  ["eatmydata", {}],
  ["fakeroot", {}],
  ["unbuffer", {}],
  ["proxychains", {}],
  ["proxychains4", {}],
  ["busybox", {}],
  ["retry", { values: ["-t", "-d", "-n"] }],
  ["stdbuf", { values: ["-i", "-o", "-e"] }],
  ["timeout", { values: ["-k", "-s", "--signal", "--kill-after"], operands: 1 }],
  ["gosu", { operands: 1 }],
  ["su-exec", { operands: 1 }],
  ["chroot", { operands: 1 }],
  ["xvfb-run", { values: ["-n", "-s", "-e", "-f", "-p", "-w", "--server-args", "--server-num"] }],
  [
    "xargs",
    {
      values: [
        "-n",
        "-L",
        "-P",
        "-I",
        "-d",
        "-a",
        "-s",
        "-E",
        "--arg-file",
        "--max-args",
        "--max-procs",
        "--delimiter",
      ],
    },
  ],
  ["conda", CONDA_RUN],
  ["mamba", CONDA_RUN],
  ["micromamba", CONDA_RUN],
]);

/** Where the command proper begins: behind `sudo -E`, `env A=b`, `time`, `timeout 60`, `xargs -n 1`, ... */
export function commandIndex(argv: readonly ShellWord[]): number {
  let at = 0;
  while (at < argv.length) {
    const next = behindPrefix(argv, at);
    if (next === null) return at;
    at = next;
  }
  return at;
}

/** The names of the commands in front of the command proper, e.g. `sudo`, `xargs`. */
export function prefixNames(argv: readonly ShellWord[]): string[] {
  const names: string[] = [];
  for (let at = 0; at < argv.length; ) {
    const next = behindPrefix(argv, at);
    if (next === null) break;
    names.push(baseName(argv[at]?.value ?? ""));
    at = next;
  }
  return names;
}

function behindPrefix(argv: readonly ShellWord[], at: number): number | null {
  const prefix = PREFIXES.get(baseName(argv[at]?.value ?? ""));
  if (prefix === undefined) return null;
  let next = at + 1;
  if (prefix.verb !== undefined) {
    if (argv[next]?.value !== prefix.verb) return null;
    next += 1;
  }
  while (next < argv.length) {
    const word = argv[next]?.value ?? "";
    if (word === "--") {
      next += 1;
      break;
    }
    if (/^[A-Za-z_]\w*=/.test(word)) next += 1;
    else if (word.startsWith("-") && word !== "-") next += prefix.values?.includes(word) === true ? 2 : 1;
    else break;
  }
  while (/^[A-Za-z_]\w*=/.test(argv[next]?.value ?? "")) next += 1;
  return Math.min(next + (prefix.operands ?? 0), argv.length);
}
