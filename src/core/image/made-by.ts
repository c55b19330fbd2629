/** The instruction that made an entry of an image's history. */
export interface MadeBy {
  /** Upper case; RUN where the entry is a bare command, as the classic builder writes it. */
  readonly keyword: string;
  /** What follows the keyword, without the marks of the builder. */
  readonly text: string;
}

const KEYWORDS =
  "ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR";

/** The classic builder's note for instructions that run nothing: `/bin/sh -c #(nop)  ENV A=1`. */
const NOTE = new RegExp(`^.*#\\(nop\\)\\s+(${KEYWORDS})\\s+(.*)$`, "s");

/** BuildKit's: `ENV A=1`, `COPY a b # buildkit`, `RUN /bin/sh -c x # buildkit`. */
const PLAIN = new RegExp(`^(${KEYWORDS})\\s+(.*?)(?:\\s+# buildkit)?$`, "s");

/** Build arguments in front of a command: `|1 A=b /bin/sh -c x`. */
const ARGUMENTS = /^\|(\d+)\s+/;

/** Reads what a builder wrote into the history. */
export function madeBy(createdBy: string): MadeBy {
  const [, keyword, text] = NOTE.exec(createdBy) ?? PLAIN.exec(createdBy) ?? [];
  if (keyword === undefined || text === undefined) return { keyword: "RUN", text: commandOf(createdBy) };
  return { keyword, text: keyword === "RUN" ? commandOf(text) : text.trim() };
}

/** The command line behind build arguments and the shell. */
function commandOf(line: string): string {
  const counted = ARGUMENTS.exec(line);
  const rest = counted === null ? line : withoutArguments(line.slice(counted[0].length));
  return rest.replace(/^\/\S*sh(?:\s+-[a-z]+(?:\s+pipefail)?)*?\s+-[a-z]*c\s+/, "").trim();
}

/** Values may hold blanks, so the arguments end where the shell begins. */
function withoutArguments(line: string): string {
  const shell = /(?:^|\s)(\/\S*sh\s+-)/.exec(line);
  return shell === null ? line : line.slice(shell.index).trim();
}
