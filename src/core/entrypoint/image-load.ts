import { type Shebang, shebangOf } from "../dockerfile/shell/shebang.ts";
import { closedFolder, mayExecute, type RunningUser, runningUser, USER_FILES } from "../image/access.ts";
import { elfHeader } from "../image/elf.ts";
import { isMissing, pathFolders } from "../image/lookup.ts";
import type { FileEntry } from "../image/model.ts";
import { absolutePath } from "../paths.ts";
import type { ImageParts } from "./image-files.ts";
import { imageLaunch } from "./launch-words.ts";
import type { ProgramFile, ProgramFiles } from "./program-files.ts";
import { type HeadProblem, headProblem } from "./script-head.ts";
import { unwrapped } from "./wrappers.ts";

/** Why a program of an image does not start. */
export type LoadProblem =
  | HeadProblem
  | { readonly kind: "not-executable" }
  | { readonly kind: "not-permitted"; readonly user: RunningUser }
  | { readonly kind: "closed-folder"; readonly user: RunningUser; readonly folder: FileEntry }
  | { readonly kind: "no-interpreter"; readonly interpreter: string }
  | { readonly kind: "no-env-program"; readonly program: string }
  | { readonly kind: "no-loader"; readonly loader: string }
  | { readonly kind: "wrong-machine"; readonly machine: string }
  | { readonly kind: "no-program" };

/** A program with what keeps it from being started. */
export interface FailedLoad {
  readonly file: ProgramFile;
  readonly problem: LoadProblem;
}

/** How many interpreters that are scripts themselves are followed; Linux allows five. */
const MAX_SCRIPTS = 5;

/** Machines whose programs a kernel of another name runs too. */
const ALSO_RUNS: ReadonlyMap<string, readonly string[]> = new Map([
  ["amd64", ["386"]],
  ["arm64", ["arm"]],
]);

/**
 * What keeps the ENTRYPOINT of an image, or the program behind its wrappers, from being started. `architecture` as
 * the image names it; `null` where that does not matter.
 */
export function imageLoad(
  image: ImageParts,
  files: ProgramFiles,
  architecture: string | null,
): FailedLoad | null {
  if (image.config.User !== "") for (const path of USER_FILES) files.program(path);
  const argv = imageLaunch(image.config);
  const inner = unwrapped(argv).words[0]?.value;
  for (const word of new Set([argv[0]?.value, inner])) {
    const file = word === undefined || word === null ? null : files.program(word);
    if (file === null) continue;
    const loader = new Loader(image, files, architecture);
    const failed = loader.load(file, word === argv[0]?.value, 0);
    if (failed !== null) return failed;
  }
  return null;
}

class Loader {
  private readonly image: ImageParts;
  private readonly files: ProgramFiles;
  private readonly architecture: string | null;

  constructor(image: ImageParts, files: ProgramFiles, architecture: string | null) {
    this.image = image;
    this.files = files;
    this.architecture = architecture;
  }

  /** What keeps the file, or the interpreter that its first line names, from being started. */
  load(file: ProgramFile, direct: boolean, depth: number): FailedLoad | null {
    if (file.origin.kind !== "image" || depth > MAX_SCRIPTS) return null;
    const { entry } = file.origin;
    const problem = this.permission(entry) ?? this.content(file, entry, direct);
    if (problem !== null) return { file, problem };
    const shebang = file.text === null ? null : shebangOf(file.text);
    return shebang === null ? null : this.interpreter(file, shebang, depth);
  }

  private permission(entry: FileEntry): LoadProblem | null {
    if (entry.type === "file" && (entry.mode & 0o111) === 0) return { kind: "not-executable" };
    const user = runningUser(this.image);
    if (user === null || user.uid === 0) return null;
    const folder = closedFolder(this.image, entry.path, user);
    if (folder !== null) return { kind: "closed-folder", user, folder };
    return entry.type === "file" && !mayExecute(entry, user) ? { kind: "not-permitted", user } : null;
  }

  private content(file: ProgramFile, entry: FileEntry, direct: boolean): LoadProblem | null {
    if (entry.head === null) return null;
    if (entry.size === 0 && entry.type === "file") return direct ? { kind: "empty" } : null;
    if (file.text !== null) return headProblem(file.text, direct);
    const header = elfHeader(entry.head);
    if (header === null) return direct ? { kind: "no-program" } : null;
    const { machine, interpreter } = header;
    if (!this.runs(machine)) return { kind: "wrong-machine", machine };
    if (typeof interpreter !== "string") return null;
    this.files.program(interpreter);
    return this.isMissing(interpreter) ? { kind: "no-loader", loader: interpreter } : null;
  }

  private interpreter(
    file: ProgramFile,
    { interpreter, program }: Shebang,
    depth: number,
  ): FailedLoad | null {
    const found = this.files.program(interpreter);
    if (found === null) {
      return this.isMissing(interpreter) ? { file, problem: { kind: "no-interpreter", interpreter } } : null;
    }
    const failed = this.load(found, true, depth + 1);
    if (failed !== null) return failed;
    if (!/(?:^|\/)env$/.test(interpreter) || program === "") return null;
    const missing = this.files.program(program) === null && this.isNowhere(program);
    return missing ? { file, problem: { kind: "no-env-program", program } } : null;
  }

  private runs(machine: string): boolean {
    const { architecture } = this;
    if (architecture === null || machine === architecture) return true;
    return ALSO_RUNS.get(architecture)?.includes(machine) === true;
  }

  private isMissing(path: string): boolean {
    return isMissing(this.image.files, absolutePath(this.image.config.WorkingDir || "/", path));
  }

  private isNowhere(name: string): boolean {
    if (name.includes("/")) return this.isMissing(name);
    return pathFolders(this.image.config).every((folder) => this.isMissing(absolutePath(folder, name)));
  }
}
