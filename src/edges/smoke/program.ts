import { shellCall } from "../../core/entrypoint/shell-call.ts";
import { absolutePath } from "../../core/paths.ts";
import { machineOf, shebangOf } from "../../core/run/program-head.ts";
import { PROGRAM_TEXT_CHARACTERS, type RunProgram } from "../../core/run/transcript.ts";
import type { Container } from "../engine/dockerode-types.ts";
import { type FileHead, readHead } from "./files.ts";

/** A character may take four bytes. */
const HEAD_BYTES = 4 * PROGRAM_TEXT_CHARACTERS;
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * What the first word of the command is in this container, and the script where it is a shell that reads one; reads
 * the container, runs nothing.
 */
export async function inspectProgram(
  container: Container,
  argv: readonly string[],
  workingDirectory: string,
  environment: readonly string[],
): Promise<RunProgram> {
  const script = shellCall(argv.map((value) => ({ value, range: null })))?.script?.value ?? null;
  const [program, file] = await Promise.all([
    firstWord(container, argv[0] ?? "", workingDirectory, environment),
    script === null ? null : readHead(container, absolutePath(workingDirectory || "/", script), HEAD_BYTES),
  ]);
  if (script === null || file === null) return program;
  return { ...program, script: { path: absolutePath(workingDirectory || "/", script), text: textOf(file) } };
}

async function firstWord(
  container: Container,
  word: string,
  workingDirectory: string,
  environment: readonly string[],
): Promise<RunProgram> {
  let found: { readonly path: string; readonly file: FileHead } | null = null;
  for (const path of candidates(word, workingDirectory || "/", environment)) {
    const file = await readHead(container, path, HEAD_BYTES);
    if (file === null) continue;
    found ??= { path, file };
    if (!isExecutable(file)) continue;
    found = { path, file };
    break;
  }
  if (found !== null) return await programOf(container, found.path, found.file);
  return {
    path: word.includes("/") ? absolutePath(workingDirectory || "/", word) : null,
    exists: false,
    executable: false,
    kind: "unknown",
    machine: null,
    shebang: null,
    interpreter: null,
    text: null,
  };
}

async function programOf(container: Container, path: string, file: FileHead): Promise<RunProgram> {
  const shebang = shebangOf(file.head);
  const machine = machineOf(file.head);
  const isText = machine === null && !file.head.includes(0);
  return {
    path,
    exists: true,
    executable: isExecutable(file),
    kind: machine !== null ? "elf" : shebang !== null ? "script" : isText ? "text" : "other",
    machine,
    shebang,
    interpreter: shebang === null ? null : await interpreterOf(container, shebang),
    text: isText ? textOf(file) : null,
  };
}

function textOf({ head }: FileHead): string {
  return head.toString("utf8").slice(0, PROGRAM_TEXT_CHARACTERS);
}

function isExecutable({ mode }: FileHead): boolean {
  return (mode & 0o111) !== 0;
}

async function interpreterOf(container: Container, shebang: string): Promise<RunProgram["interpreter"]> {
  const path = shebang.trim().split(/\s+/)[0] ?? "";
  if (path === "") return null;
  const file = await readHead(container, path, HEAD_BYTES);
  return { path, exists: file !== null, machine: file === null ? null : machineOf(file.head) };
}

/** A name is looked for in the folders of PATH; where several have it, an engine takes the first executable one. */
function candidates(word: string, workingDirectory: string, environment: readonly string[]): string[] {
  if (word.includes("/")) return [absolutePath(workingDirectory, word)];
  const path = environment.findLast((entry) => entry.startsWith("PATH="))?.slice(5) || DEFAULT_PATH;
  return path.split(":").map((folder) => absolutePath(workingDirectory, `${folder || "."}/${word}`));
}
