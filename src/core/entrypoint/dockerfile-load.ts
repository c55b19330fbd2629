import type { DockerfileModel, InstallEffect } from "../dockerfile/model.ts";
import { scriptHead, shebangOf } from "../dockerfile/shell/shebang.ts";
import { isWithin } from "../paths.ts";
import { baseSystem } from "./base-systems.ts";
import { dockerfileFiles } from "./dockerfile-files.ts";
import { plannedStart } from "./launch-words.ts";
import type { ProgramFile } from "./program-files.ts";
import { type HeadProblem, headProblem } from "./script-head.ts";
import { startedBy } from "./started.ts";
import { type CommandWord, unwrapped } from "./wrappers.ts";

/** Why what a Dockerfile starts will not start. */
export type PlannedProblem =
  | HeadProblem
  | { readonly kind: "not-executable" }
  /** `certain`: nothing was installed that could have brought it. */
  | { readonly kind: "no-interpreter"; readonly interpreter: string; readonly certain: boolean }
  /** The lines of a script that a shell reads end with carriage returns. */
  | { readonly kind: "returns-in-shell"; readonly shell: string };

/** A file that a Dockerfile starts, with what keeps it from running. */
export interface PlannedFailure {
  readonly file: ProgramFile;
  readonly word: CommandWord;
  readonly problem: PlannedProblem;
}

/** What keeps the ENTRYPOINT of a Dockerfile, or the program behind its wrappers, from being started. */
export function plannedFailure(dockerfile: DockerfileModel): PlannedFailure | null {
  const start = plannedStart(dockerfile);
  if (start === null) return null;
  const { argv, byEngine } = start;
  const files = dockerfileFiles(dockerfile);
  const { words } = unwrapped(argv);
  for (const word of words[0] === argv[0] ? [argv[0]] : [argv[0], words[0]]) {
    const file = word?.value == null ? null : files.program(word.value);
    if (file === null || word === undefined) continue;
    const problem = problemOf(dockerfile, file, byEngine && word === argv[0]);
    if (problem !== null) return { file, word, problem };
  }
  const { program } = startedBy(argv, files);
  if (program?.kind !== "shell-script" || program.file?.text == null) return null;
  const { file, word, shell } = program;
  return hasReturns(program.file) && file !== null
    ? { file, word, problem: { kind: "returns-in-shell", shell } }
    : null;
}

function problemOf(dockerfile: DockerfileModel, file: ProgramFile, direct: boolean): PlannedProblem | null {
  if (file.mode !== null && (file.mode & 0o111) === 0) return { kind: "not-executable" };
  if (file.text === null) return null;
  const head = headProblem(file.text, direct);
  if (head !== null) return head;
  const interpreter = shebangOf(file.text)?.interpreter;
  if (interpreter === undefined) return null;
  const lack = lackOf(dockerfile, interpreter);
  return lack === null ? null : { kind: "no-interpreter", interpreter, certain: lack === "certain" };
}

/** A line with a command that ends with a carriage return: the shell takes it for a part of the last word. */
function hasReturns({ text }: ProgramFile): boolean {
  if (text === null || scriptHead(text).carriageReturns === 0) return false;
  return text.text.split("\n").some((line) => line.endsWith("\r") && /^[ \t]*[^\s#]/.test(line));
}

/** Whether an interpreter is visibly not in what is built; `null` where it may be. */
function lackOf(dockerfile: DockerfileModel, interpreter: string): "certain" | "likely" | null {
  const system = baseSystem(dockerfile);
  if (system === null || !interpreter.startsWith("/")) return null;
  const lacks =
    system.sh === "none"
      ? /^\/(?:usr\/)?bin\/(?:ba|da|a)?sh$/.test(interpreter)
      : system.sh === "busybox" && /^\/(?:usr\/)?bin\/bash$/.test(interpreter);
  if (!lacks || mayBePlaced(dockerfile, interpreter)) return null;
  const installs = dockerfile.effects.filter((effect) => effect.kind === "install");
  if (installs.some((effect) => maybeBrings(effect))) return null;
  return installs.length === 0 ? "certain" : "likely";
}

function maybeBrings({ package: name, file }: InstallEffect): boolean {
  return name === null || file !== null || /bash|busybox|shell/.test(name);
}

function mayBePlaced(dockerfile: DockerfileModel, path: string): boolean {
  const paths = [path, path.replace(/^\/usr\/bin\//, "/bin/"), path.replace(/^\/bin\//, "/usr/bin/")];
  return dockerfile.effects.some((effect) => {
    if (effect.kind === "link") return paths.some((candidate) => isWithin(candidate, effect.path));
    if (effect.kind !== "place") return false;
    return paths.some((candidate) =>
      effect.extent === "file" ? effect.path === candidate : isWithin(candidate, effect.path),
    );
  });
}
