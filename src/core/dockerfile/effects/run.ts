import type { Effect, ShellCommand } from "../model.ts";
import { CommandFiles, type CommandFiles as Files } from "./command-line.ts";
import {
  alternative,
  copied,
  installed,
  linked,
  madeFolders,
  moved,
  removal,
  synchronized,
} from "./copying.ts";
import { cloned, curled, fromBucket, fromHub, wgotten } from "./fetching.ts";
import type { Folders } from "./folders.ts";
import { installsOf } from "./installs.ts";
import { modeChanges } from "./modes.ts";
import { extracted7z, extractedDeb, gunzipped, tarred, unzipped } from "./unpacking.ts";
import { writtenText } from "./written-text.ts";

type Handler = (files: Files) => Effect[];

const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ["cp", copied],
  ["scp", copied],
  ["mv", moved],
  ["install", installed],
  ["rsync", synchronized],
  ["ln", linked],
  ["update-alternatives", alternative],
  ["alternatives", alternative],
  ["mkdir", (files) => madeFolders(files, files.line({ short: "m", long: ["--mode"] }).operands)],
  ["touch", (files) => operandFiles(files, "dtr")],
  ["truncate", (files) => operandFiles(files, "sr")],
  ["tee", teed],
  ["dd", copiedBlocks],
  ["wget", wgotten],
  ["curl", curled],
  ["git", cloned],
  ["gh", cloned],
  ["hg", cloned],
  ["svn", cloned],
  ["aws", fromBucket],
  ["gsutil", fromBucket],
  ["huggingface-cli", fromHub],
  ["hf", fromHub],
  ["gdown", fromHub],
  ["kaggle", fromHub],
  ["aria2c", fromHub],
  ["tar", tarred],
  ["bsdtar", tarred],
  ["unzip", unzipped],
  ["7z", extracted7z],
  ["7za", extracted7z],
  ["gunzip", gunzipped],
  ["bunzip2", gunzipped],
  ["unxz", gunzipped],
  ["gzip", gunzipped],
  ["xz", gunzipped],
  ["zstd", gunzipped],
  ["dpkg", extractedDeb],
  ["dpkg-deb", extractedDeb],
  ["rm", (files) => files.line({}).operands.flatMap((word) => removal(files, word))],
  ["unlink", (files) => files.line({}).operands.flatMap((word) => removal(files, word))],
  ["rmdir", (files) => files.line({}).operands.flatMap((word) => removal(files, word))],
  ["find", foundAndDeleted],
  ["chmod", modeChanges],
  ["virtualenv", (files) => environmentFolder(files, 0)],
  ["pyvenv", (files) => environmentFolder(files, 0)],
  ["uv", (files) => (files.words[0]?.value === "venv" ? environmentFolder(files, 1) : pipFolder(files))],
  ["conda", condaFolder],
  ["mamba", condaFolder],
  ["micromamba", condaFolder],
  ["gcc", compiled],
  ["g++", compiled],
  ["cc", compiled],
  ["clang", compiled],
  ["go", (files) => (files.words[0]?.value === "build" ? compiled(files) : [])],
]);

/** What one command of a RUN does to the file system, as far as its words tell. */
export function commandEffects(command: ShellCommand, folders: Folders): Effect[] {
  const files = new CommandFiles(command, folders);
  const handler = HANDLERS.get(files.name) ?? pythonHandler(files.name);
  return [...installsOf(command), ...(handler?.(files) ?? []), ...redirected(files)];
}

function pythonHandler(name: string): Handler | undefined {
  if (/^pip(?:\d(?:\.\d+)?)?$/.test(name)) return pipFolder;
  if (/^python(?:\d(?:\.\d+)?)?$/.test(name)) return pythonModule;
  return undefined;
}

/** `> file`, `>> file`, `&> file`; what is written is known for `echo` and for here-documents. */
function redirected(files: Files): Effect[] {
  return files.command.redirects.flatMap((redirect) => {
    if (!/^(?:>|>>|>\||&>|&>>)$/.test(redirect.operator)) return [];
    const content = redirect.operator === ">" ? writtenText(files.command) : null;
    const by = files.name === "" ? "a redirection" : files.name;
    return files.place(redirect.target, "file", { content }).map((effect) => ({ ...effect, by }));
  });
}

function operandFiles(files: Files, short: string): Effect[] {
  return files.line({ short }).operands.flatMap((word) => files.place(word, "file"));
}

function teed(files: Files): Effect[] {
  const line = files.line({});
  const content = line.has("-a", "--append") ? null : writtenText(files.command);
  return line.operands.flatMap((word) => files.place(word, "file", { content }));
}

function copiedBlocks(files: Files): Effect[] {
  return files.words.flatMap((word) => {
    const value = word.value?.startsWith("of=") === true ? word.value.slice(3) : null;
    return value === null ? [] : files.place({ ...word, value }, "file");
  });
}

/** `find FOLDER -delete` and `find FOLDER -mindepth 1 -delete`; other tests choose what nobody knows here. */
function foundAndDeleted(files: Files): Effect[] {
  const values = files.words.map((word) => word.value ?? "?");
  const expression = values.findIndex((value) => value.startsWith("-") || value === "(" || value === "!");
  const tests = values.slice(expression).join(" ");
  if (expression < 1 || !/^(?:-mindepth 1 )?-delete$/.test(tests)) return [];
  return files.words.slice(0, expression).flatMap((word): Effect[] => {
    const path = files.path(word);
    const below = tests.startsWith("-mindepth");
    return path === null ? [] : [{ kind: "remove", ...files.origin(word), path, below }];
  });
}

/** `pip install --target DIR`, `pip download -d DIR`, `pip wheel -w DIR`. */
function pipFolder(files: Files): Effect[] {
  const line = files.line({
    short: "tdwrcifeC",
    long: [
      "--target",
      "--prefix",
      "--root",
      "--dest",
      "--wheel-dir",
      "--requirement",
      "--constraint",
      "--index-url",
    ],
  });
  const verb = line.operands.find((word) => /^(?:install|download|wheel)$/.test(word.value ?? ""))?.value;
  if (verb === "install") return files.place(line.value("-t", "--target", "--prefix", "--root"), "below");
  if (verb === "download") return files.place(line.value("-d", "--dest"), "below");
  return verb === "wheel" ? files.place(line.value("-w", "--wheel-dir"), "below") : [];
}

function pythonModule(files: Files): Effect[] {
  const at = files.words.findIndex((word) => word.value === "-m");
  const module = files.words[at + 1]?.value;
  if (at === -1) return [];
  if (module === "pip") return pipFolder(files);
  return module === "venv" || module === "virtualenv" ? environmentFolder(files, at + 2) : [];
}

function environmentFolder(files: Files, from: number): Effect[] {
  const line = files.line({ short: "p", long: ["--python", "--prompt"] }, from);
  return line.operands.flatMap((word) => files.place(word, "below"));
}

function condaFolder(files: Files): Effect[] {
  const line = files.line({
    short: "pncf",
    long: ["--prefix", "--name", "--channel", "--file", "--root-prefix"],
  });
  if (!/^(?:create|install|env|update)$/.test(line.operands[0]?.value ?? "")) return [];
  return files.place(line.value("-p", "--prefix"), "below");
}

function compiled(files: Files): Effect[] {
  return files.place(files.line({ short: "oILlDW", long: ["--output"] }).value("-o", "--output"), "file");
}
