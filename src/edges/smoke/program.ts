import { absolutePath } from "../../core/paths.ts";
import { machineOf, shebangOf } from "../../core/run/program-head.ts";
import type { RunProgram } from "../../core/run/transcript.ts";
import { readHead } from "./files.ts";
import type { SmokeEngine } from "./options.ts";

const HEAD_BYTES = 4096;
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What the first word of the command is in this container; reads the container, runs nothing. */
export async function inspectProgram(
  engine: SmokeEngine,
  containerId: string,
  word: string,
  workingDirectory: string,
  environment: readonly string[],
): Promise<RunProgram> {
  for (const path of candidates(word, workingDirectory || "/", environment)) {
    const file = await readHead(engine, containerId, path, HEAD_BYTES);
    if (file === null) continue;
    const shebang = shebangOf(file.head);
    const machine = machineOf(file.head);
    const interpreter = shebang?.trim().split(/\s+/)[0] ?? null;
    return {
      path,
      exists: true,
      executable: (file.mode & 0o111) !== 0,
      kind: machine !== null ? "elf" : shebang !== null ? "script" : isText(file.head) ? "text" : "other",
      machine,
      shebang,
      interpreter:
        interpreter === null || interpreter === ""
          ? null
          : {
              path: interpreter,
              exists: (await readHead(engine, containerId, interpreter, 1)) !== null,
            },
    };
  }
  return {
    path: word.includes("/") ? absolutePath(workingDirectory || "/", word) : null,
    exists: false,
    executable: false,
    kind: "unknown",
    machine: null,
    shebang: null,
    interpreter: null,
  };
}

function candidates(word: string, workingDirectory: string, environment: readonly string[]): string[] {
  if (word.includes("/")) return [absolutePath(workingDirectory, word)];
  const path = environment.find((entry) => entry.startsWith("PATH="))?.slice(5) || DEFAULT_PATH;
  return path.split(":").map((folder) => absolutePath(workingDirectory, `${folder || "."}/${word}`));
}

function isText(head: Buffer): boolean {
  return !head.includes(0);
}
