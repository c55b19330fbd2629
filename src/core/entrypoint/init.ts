import { baseName } from "../paths.ts";

/** Small init programs that people put in front of their program. docker-init is tini under another name. */
export type InitName = "tini" | "dumb-init" | "catatonit" | "s6";

const TINI =
  /^(?:tini|tini-static|docker-init)(?:-(?:amd64|arm64|armhf|armel|i386|ppc64el|ppc64le|s390x|muslc-amd64|static-amd64))?$/;

/** Which init a program of this name is; `null` for anything else. */
export function initByName(path: string): InitName | null {
  const name = baseName(path);
  if (TINI.test(name)) return "tini";
  if (/^dumb-init(?:_.*)?$/.test(name)) return "dumb-init";
  if (name === "catatonit") return "catatonit";
  if (path === "/init" || name === "s6-svscan") return "s6";
  return null;
}

/** How tini reads what stands behind it in the ENTRYPOINT. */
export interface TiniCommand {
  /** tini's own options, as written. */
  readonly options: readonly string[];
  /** Whether `--` ends them. */
  readonly separator: boolean;
  /** The program that tini starts and its arguments; empty when `train` would be taken as the program. */
  readonly program: readonly string[];
  /** Options of the program that a glibc build of tini takes for its own, for want of `--`. */
  readonly eaten: readonly string[];
}

/** Options of tini 0.19 that take a value. */
const WITH_VALUE = new Set(["-p", "-e"]);

/** Reads the arguments of tini (the words behind its name) as tini 0.19 does. */
export function tiniCommand(argv: readonly string[]): TiniCommand {
  let at = 0;
  while (at < argv.length && argv[at]?.startsWith("-") && argv[at] !== "--") {
    at += WITH_VALUE.has(argv[at] ?? "") ? 2 : 1;
  }
  const options = argv.slice(0, at);
  const separator = argv[at] === "--";
  const program = argv.slice(separator ? at + 1 : at);
  const end = program.indexOf("--");
  const permuted = end === -1 ? program : program.slice(0, end);
  return {
    options,
    separator,
    program,
    eaten: separator ? [] : permuted.filter((word) => word.startsWith("-") && word !== "-"),
  };
}

/** Programs that only set something up and then become the program behind them. */
export function withoutWrappers(argv: readonly string[]): readonly string[] {
  const name = argv[0] === undefined ? "" : baseName(argv[0]);
  if (name === "exec" || name === "nohup" || name === "setsid") return withoutWrappers(argv.slice(1));
  if (name === "env") {
    let at = 1;
    while (at < argv.length && (/^-/.test(argv[at] ?? "") || /^\w+=/.test(argv[at] ?? ""))) {
      at += argv[at] === "-u" || argv[at] === "-C" ? 2 : 1;
    }
    return withoutWrappers(argv.slice(at));
  }
  return argv;
}
