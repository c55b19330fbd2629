import type { DockerfileModel } from "../dockerfile/model.ts";
import { outlineOf, outlineOfLine } from "../dockerfile/shell/outline.ts";
import type { ImageConfig } from "../image/model.ts";
import { absolutePath } from "../paths.ts";
import type { Range } from "../text.ts";
import { dockerfileFiles } from "./dockerfile-files.ts";
import { dockerfileLaunch, imageLaunch } from "./launch-words.ts";
import type { ProgramFile, ProgramFiles } from "./program-files.ts";
import { startedBy } from "./started.ts";
import type { CommandWord } from "./wrappers.ts";

/** A file that is run, or read by an interpreter, when the container starts. */
export interface RunPath {
  /** Absolute and normalized. */
  readonly path: string;
  /** The file; `null` where it is named but not seen. */
  readonly file: ProgramFile | null;
  /** The word of the ENTRYPOINT that leads to it; `null` where there is no ENTRYPOINT. */
  readonly entry: Range | null;
  /** The script that names it, and where; `null` where the ENTRYPOINT itself does. */
  readonly named: { readonly script: ProgramFile; readonly range: Range } | null;
}

/** How many scripts that start scripts are followed. */
const MAX_SCRIPTS = 4;

/** Programs that run a script which stands somewhere among their arguments. */
const RUNNERS =
  /^(?:Rscript|R|julia|node|perl|ruby|java|torchrun|accelerate|deepspeed|horovodrun|mpirun|mpiexec|papermill|spark-submit|uv|poetry|conda|mamba|micromamba|pipenv)$/;

const SCRIPT = /\.(?:py|sh|bash|R|r|jl|js|mjs|pl|rb|jar|ipynb)$/;

/** What SageMaker starts from the image of a Dockerfile, through wrappers, shells and scripts. */
export function dockerfileRunPaths(dockerfile: DockerfileModel): RunPath[] {
  const { entrypoint, workingDir } = dockerfile.config;
  const files = dockerfileFiles(dockerfile);
  const folder = workingDir.known ? workingDir.value : null;
  const launch = dockerfileLaunch(dockerfile);
  if (launch !== null) return follow({ argv: launch, files, folder, entry: null, script: null, depth: 0 });
  const line = entrypoint.known ? (entrypoint.value?.line ?? null) : null;
  if (line === null) return [];
  return outlineOf(line, "").commands.flatMap((command) =>
    follow({ argv: command.argv, files, folder, entry: null, script: null, depth: 1 }),
  );
}

/** The same for an image. */
export function imageRunPaths(config: ImageConfig, files: ProgramFiles): RunPath[] {
  const folder = config.WorkingDir === "" ? "/" : config.WorkingDir;
  return follow({ argv: imageLaunch(config), files, folder, entry: null, script: null, depth: 0 });
}

interface Way {
  readonly argv: readonly CommandWord[];
  readonly files: ProgramFiles;
  /** Where relative paths count from; `null` where it is not known. */
  readonly folder: string | null;
  readonly entry: Range | null;
  readonly script: ProgramFile | null;
  readonly depth: number;
}

function follow(way: Way): RunPath[] {
  const started = startedBy(way.argv, way.files);
  const [first, ...rest] = started.words;
  if (first === undefined || first.value === null) return [];
  const { program } = started;
  const found: RunPath[] = [];
  const add = (word: CommandWord, file: ProgramFile | null): void => {
    const path = file?.path ?? pathOf(word, way.folder);
    if (path !== null) found.push({ path, file, entry: way.entry ?? word.range, named: namedBy(way, word) });
  };
  const own = way.files.program(first.value);
  if (first.value.includes("/") || own !== null) add(first, own);
  switch (program?.kind) {
    case "python":
      if (program.file !== null) break;
      if (program.call.target.kind === "file")
        add(program.call.target.word, scriptOf(way, program.call.target.word));
      else for (const word of scriptsIn(program.call.args)) add(word, scriptOf(way, word));
      break;
    case "shell-script": {
      if (program.file === null || program.file.path !== own?.path) add(program.word, program.file);
      found.push(...inside(way, program.file, program.word));
      break;
    }
    case "shell-line":
      if (program.line.value !== null && way.depth < MAX_SCRIPTS) {
        const { commands } = outlineOfLine(program.line.value);
        for (const command of commands) {
          const words = command.argv.map((word) => ({ value: word.value, range: program.line.range }));
          found.push(
            ...follow({ ...way, argv: words, entry: way.entry ?? program.line.range, depth: way.depth + 1 }),
          );
        }
      }
      break;
    case "other":
      if (RUNNERS.test(first.value.slice(first.value.lastIndexOf("/") + 1)))
        for (const word of scriptsIn(rest)) add(word, scriptOf(way, word));
      break;
  }
  return found;
}

/** What the commands of a script run. */
function inside(way: Way, file: ProgramFile | null, word: CommandWord): RunPath[] {
  if (file?.text === null || file === null || !file.whole || way.depth >= MAX_SCRIPTS) return [];
  const { commands } = outlineOf(file.text, file.path);
  const entry = way.entry ?? word.range;
  const moved = commands.some((command) => /^(?:cd|pushd)$/.test(command.argv[0]?.value ?? ""));
  return commands.flatMap((command) => {
    const folder = command.workingDir.known ? command.workingDir.value : moved ? null : way.folder;
    return follow({ ...way, argv: command.argv, folder, entry, script: file, depth: way.depth + 1 });
  });
}

function scriptsIn(words: readonly CommandWord[]): CommandWord[] {
  return words.filter((word) => word.value !== null && SCRIPT.test(word.value));
}

function scriptOf(way: Way, word: CommandWord): ProgramFile | null {
  const path = pathOf(word, way.folder);
  return path === null ? null : way.files.script(path);
}

function pathOf({ value }: CommandWord, folder: string | null): string | null {
  if (value === null || value.startsWith("-") || value.includes("://")) return null;
  if (value.startsWith("/")) return absolutePath("/", value);
  return folder === null ? null : absolutePath(folder, value);
}

function namedBy(way: Way, word: CommandWord): RunPath["named"] {
  return way.script === null || word.range === null ? null : { script: way.script, range: word.range };
}
