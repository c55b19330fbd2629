import type { DockerfileModel, ShellCommand } from "../dockerfile/model.ts";
import { outlineOf } from "../dockerfile/shell/outline.ts";
import { findCommand, headIncludes, headText } from "../image/lookup.ts";
import { absolutePath, baseName, withoutQuery } from "../paths.ts";
import type { ImageParts } from "./image-files.ts";
import { initByName, withoutWrappers } from "./init.ts";
import type { ProgramFiles } from "./program-files.ts";
import { untilTheEnd } from "./script-signals.ts";
import { startedBy } from "./started.ts";
import type { CommandWord } from "./wrappers.ts";

/** tini found behind an ENTRYPOINT: its words from tini's name on, and how it was recognised. */
export interface FoundTini {
  readonly argv: readonly string[];
  /** Index in the ENTRYPOINT array where tini stands; `null` behind a shell or a script. */
  readonly index: number | null;
  readonly how: string;
}

/** tini in the words of an entrypoint; `isTini` knows renamed copies and links. */
export function tiniIn(
  argv: readonly string[],
  isTini: (program: string) => string | null,
): FoundTini | null {
  const inner = withoutWrappers(argv);
  const program = inner[0];
  if (program === undefined) return null;
  const how = initByName(program) === "tini" ? "by its name" : isTini(program);
  return how === null ? null : { argv: inner, index: argv.length - inner.length, how };
}

/** tini behind a shell-form line or a script: the command that the shell ends in. */
export function tiniInCommands(
  commands: readonly ShellCommand[],
  isTini: (program: string) => string | null,
): FoundTini | null {
  const last = commands.at(-1);
  if (last === undefined) return null;
  const found = tiniIn(
    last.argv.map((word) => word.value ?? word.raw),
    isTini,
  );
  return found === null ? null : { ...found, index: null };
}

/** How many scripts that start scripts are followed. */
const MAX_SCRIPTS = 4;

/** tini at the end of the scripts that an entrypoint in exec form starts, where their texts are at hand. */
export function tiniInScript(
  argv: readonly CommandWord[],
  files: ProgramFiles,
  isTini: (program: string) => string | null,
  depth = 0,
): FoundTini | null {
  const { program } = startedBy(argv, files);
  if (program?.kind !== "shell-script" || program.file?.text == null || depth > MAX_SCRIPTS) return null;
  const { path, text } = program.file;
  for (const ending of untilTheEnd(outlineOf(text, path, argumentsOf(program.args))).endings) {
    if (ending.conditional) continue;
    // What the script passes on is not a program of its own: "train" takes its place.
    const own = ending.argv.filter((word) => !/^"?\$(?:@|\*|\{[@*]\})"?$/.test(word.raw));
    const found = tiniIn(
      own.map((word) => word.value ?? word.raw),
      isTini,
    );
    if (found !== null) return { ...found, index: null, how: `${path} ends in it` };
    const deeper = tiniInScript(ending.argv, files, isTini, depth + 1);
    if (deeper !== null) return deeper;
  }
  return null;
}

/** The words that a script is started with; `undefined` where one of them can't be told. */
function argumentsOf(words: readonly CommandWord[]): readonly string[] | undefined {
  const values = words.flatMap(({ value }) => (value === null ? [] : [value]));
  return values.length === words.length ? values : undefined;
}

/** Whether the Dockerfile itself made this path from tini: a link, a copy or a download. */
export function tiniMadeBy(dockerfile: DockerfileModel, program: string): string | null {
  let path = program;
  for (let round = 0; round < 8; round += 1) {
    const effect = dockerfile.effects.findLast(
      (candidate) =>
        (candidate.kind === "link" || candidate.kind === "place") && matchesPath(candidate.path, path),
    );
    if (effect?.kind === "link") {
      path = effect.target;
      if (initByName(path) === "tini") return `it is a link to ${path}`;
    } else if (effect?.kind === "place") {
      const source =
        effect.sources.find((candidate) => isTiniSource(candidate)) ?? downloaded(dockerfile, effect.range);
      return source === null ? null : `it is a copy of ${source}`;
    } else return null;
  }
  return null;
}

function matchesPath(candidate: string, program: string): boolean {
  return program.includes("/") ? absolutePath("/", program) === candidate : baseName(candidate) === program;
}

function isTiniSource(source: string): boolean {
  return initByName(withoutQuery(source)) === "tini" || /\/krallin\/tini\/releases\//.test(source);
}

function downloaded(
  dockerfile: DockerfileModel,
  range: { start: { line: number; column: number } },
): string | null {
  const command = dockerfile.commands.find((candidate) =>
    candidate.argv.some(
      (word) => word.range.start.line === range.start.line && word.range.start.column === range.start.column,
    ),
  );
  const url = command?.argv.find(
    (word) => word.value !== null && /^https?:/.test(word.value) && isTiniSource(word.value),
  );
  return url?.value ?? null;
}

/** Whether a program of the image is tini, by its name behind links or by the text in its binary. */
export function tiniInImage(image: ImageParts, program: string): string | null {
  const found = findCommand(image, program).executable;
  if (found === null) return null;
  const { entry } = found;
  if (initByName(entry.path) === "tini") return `it is a link to ${entry.path}`;
  if (headText(entry) !== null || !headIncludes(entry, "tini version")) return null;
  // catatonit answers --version in tini's words.
  return headIncludes(entry, "catatonit") ? null : "its binary is tini";
}
