import { absolutePath, baseName } from "../../paths.ts";
import type { Effect, PlaceEffect, ShellCommand, ShellWord } from "../model.ts";
import { commandIndex } from "../shell/walk.ts";
import { installsOf } from "./installs.ts";

/** What one command of a RUN does to the file system, as far as its words tell. */
export function commandEffects(command: ShellCommand): Effect[] {
  const argv = command.argv.slice(commandIndex(command.argv));
  const name = baseName(argv[0]?.value ?? "");
  const files = new CommandFiles(command, name, argv.slice(1));
  const handler = Object.hasOwn(HANDLERS, name) ? HANDLERS[name] : undefined;
  return [...installsOf(command), ...(handler === undefined ? [] : handler(files)), ...files.redirects()];
}

/** A command's words, split into options and operands, and the effects that can be made of them. */
class CommandFiles {
  readonly words: readonly ShellWord[];
  private readonly command: ShellCommand;
  private readonly name: string;

  constructor(command: ShellCommand, name: string, words: readonly ShellWord[]) {
    this.command = command;
    this.name = name;
    this.words = words;
  }

  /** Words that are not options; `withValue` lists the options that take the next word. */
  operands(withValue: readonly string[] = []): ShellWord[] {
    const operands: ShellWord[] = [];
    let options = true;
    for (let at = 0; at < this.words.length; at += 1) {
      const word = this.words[at];
      if (word === undefined) continue;
      const value = word.value ?? "";
      if (options && value === "--") options = false;
      else if (options && value.startsWith("-") && value !== "-") {
        if (withValue.includes(value)) at += 1;
      } else operands.push(word);
    }
    return operands;
  }

  /** The value of an option: `-o x`, `-ox`, `--output x` or `--output=x`. */
  option(...names: readonly string[]): ShellWord | null {
    for (const [at, word] of this.words.entries()) {
      const value = word.value ?? "";
      for (const name of names) {
        if (value === name) return this.words[at + 1] ?? null;
        if (name.startsWith("--") && value.startsWith(`${name}=`)) {
          return { ...word, value: value.slice(name.length + 1) };
        }
        const short = new RegExp(`^-[a-zA-Z]*${name.slice(1)}$`);
        if (/^-[a-zA-Z]$/.test(name) && short.test(value)) return this.words[at + 1] ?? null;
        if (/^-[a-zA-Z]$/.test(name) && value.startsWith(name) && value.length > 2) {
          return { ...word, value: value.slice(2) };
        }
      }
    }
    return null;
  }

  has(...names: readonly string[]): boolean {
    return this.words.some((word) => {
      const value = word.value ?? "";
      return names.some((name) =>
        /^-[a-zA-Z]$/.test(name) ? new RegExp(`^-[a-zA-Z]*${name.slice(1)}`).test(value) : value === name,
      );
    });
  }

  /** The absolute path of a word; `null` when it can't be told. */
  path(word: ShellWord | null | undefined): string | null {
    const value = word?.value;
    if (value === null || value === undefined || value === "" || value.startsWith("~")) return null;
    if (value.startsWith("/")) return absolutePath("/", value);
    return this.command.workingDir.known ? absolutePath(this.command.workingDir.value, value) : null;
  }

  /** A file (or files below a folder) at `word`; with `child`, that name inside it. */
  place(
    word: ShellWord | null | undefined,
    extent: PlaceEffect["extent"],
    child?: string,
    sources: string[] = [],
  ): Effect[] {
    const path = this.path(word);
    if (path === null || word === null || word === undefined) return [];
    if (path.startsWith("/dev/") || path.startsWith("/proc/")) return [];
    return [
      {
        kind: "place",
        ...this.origin(word),
        path: child === undefined ? path : absolutePath(path, child),
        extent,
        by: this.name,
        sources,
        from: null,
        mode: null,
        content: null,
      },
    ];
  }

  /** The same, in the folder that the command runs in. */
  placeHere(word: ShellWord, extent: PlaceEffect["extent"], child: string): Effect[] {
    return this.place({ ...word, value: "." }, extent, child);
  }

  remove(word: ShellWord): Effect[] {
    const value = word.value ?? "";
    const below = /\/\*$/.test(value);
    const path = this.path(below ? { ...word, value: value.slice(0, -2) || "/" } : word);
    if (path === null || /[*?[]/.test(path)) return [];
    return [{ kind: "remove", ...this.origin(word), path, below }];
  }

  origin(word: ShellWord): Pick<Effect, "instruction" | "stage" | "range" | "conditional"> {
    const { instruction, stage, conditional } = this.command;
    return { instruction, stage, range: word.range, conditional };
  }

  redirects(): Effect[] {
    return this.command.redirects.flatMap((redirect) =>
      /^(?:>|>>|>\||&>|&>>)$/.test(redirect.operator) ? this.place(redirect.target, "file") : [],
    );
  }
}

type Handler = (files: CommandFiles) => Effect[];

/** cp, mv, install, rsync, scp: the last operand, or `-t`, is where things go. */
const copyLike: Handler = (files) => {
  const folder = files.option("-t", "--target-directory");
  const operands = files.operands(["-t", "--target-directory", "-m", "--mode", "-o", "-g", "-S", "-e"]);
  const target = folder ?? operands.at(-1);
  const sources = folder === null ? operands.slice(0, -1) : operands;
  const value = target?.value ?? "";
  const isFolder = folder !== null || value.endsWith("/") || value === "." || sources.length > 1;
  return sources.flatMap((source) => {
    const from = source.value ?? "";
    if (from.endsWith("/*") || from.endsWith("/.") || /[*?[]/.test(from))
      return files.place(target, "below", undefined, [from]);
    const child = isFolder && from !== "" ? baseName(from.replace(/\/+$/, "")) : undefined;
    const named = /\.[A-Za-z0-9]{1,5}$/.test(child ?? baseName(value));
    return files.place(target, named ? "file" : "either", child, [from]);
  });
};

const move: Handler = (files) => {
  const sources =
    files.option("-t", "--target-directory") === null
      ? files.operands().slice(0, -1)
      : files.operands(["-t"]);
  return [...copyLike(files), ...sources.flatMap((source) => files.remove(source))];
};

const HANDLERS: Readonly<Record<string, Handler>> = {
  cp: copyLike,
  rsync: copyLike,
  scp: copyLike,
  mv: move,
  install: (files) => (files.has("-d", "--directory") ? makeFolders(files) : copyLike(files)),
  mkdir: (files) => makeFolders(files),
  touch: (files) => files.operands(["-d", "-t", "-r"]).flatMap((word) => files.place(word, "file")),
  tee: (files) => files.operands().flatMap((word) => files.place(word, "file")),
  dd: (files) =>
    files.words.flatMap((word) =>
      word.value?.startsWith("of=") === true
        ? files.place({ ...word, value: word.value.slice(3) }, "file")
        : [],
    ),
  wget: (files) =>
    download(files, files.option("-O", "--output-document"), files.option("-P", "--directory-prefix"), true),
  curl: (files) =>
    download(
      files,
      files.option("-o", "--output"),
      files.option("--output-dir"),
      files.has("-O", "--remote-name", "-J"),
    ),
  git: (files) => gitClone(files),
  tar: (files) => unpackTar(files),
  unzip: (files) => {
    const archive = files.operands(["-d", "-x"])[0];
    const folder = files.option("-d");
    if (archive === undefined || files.has("-l", "-t")) return [];
    return folder === null ? files.place({ ...archive, value: "." }, "below") : files.place(folder, "below");
  },
  rm: (files) => files.operands().flatMap((word) => files.remove(word)),
  rmdir: (files) => files.operands().flatMap((word) => files.remove(word)),
  ln: (files) => link(files),
  chmod: (files) => changeMode(files),
  pip: (files) => pipTarget(files),
  pip3: (files) => pipTarget(files),
  python: (files) => pipTarget(files),
  python3: (files) => pipTarget(files),
  aws: (files) => {
    const operands = files.operands(["--region", "--profile", "--endpoint-url"]).slice(2);
    const to = operands.at(-1);
    if (files.words[0]?.value !== "s3" || to === undefined || to.value?.startsWith("s3://") !== false)
      return [];
    return files.place(to, to.value.endsWith("/") || files.has("--recursive") ? "below" : "either");
  },
  "huggingface-cli": (files) => files.place(files.option("--local-dir"), "below"),
  hf: (files) => files.place(files.option("--local-dir"), "below"),
};

function makeFolders(files: CommandFiles): Effect[] {
  return files.operands(["-m", "--mode", "-o", "-g"]).flatMap((word) => {
    const path = files.path(word);
    return path === null ? [] : [{ kind: "make-directory" as const, ...files.origin(word), path }];
  });
}

function download(
  files: CommandFiles,
  output: ShellWord | null,
  folder: ShellWord | null,
  named: boolean,
): Effect[] {
  const url = files.words.find((word) => /^(?:https?|ftp|s3):\/\//.test(word.value ?? ""));
  if (output !== null) {
    if (output.value === "-") return [];
    if (folder !== null && output.value !== null) return files.place(folder, "file", output.value);
    return files.place(output, "file");
  }
  if (!named || url === undefined) return [];
  const name = baseName((url.value ?? "").replace(/[?#].*$/, "").replace(/\/+$/, ""));
  if (folder !== null) return files.place(folder, "file", name);
  return files.placeHere(url, "file", name);
}

function gitClone(files: CommandFiles): Effect[] {
  const operands = files.operands([
    "-b",
    "--branch",
    "--depth",
    "-o",
    "--origin",
    "-c",
    "-C",
    "--reference",
    "-j",
    "--jobs",
  ]);
  if (operands[0]?.value !== "clone") return [];
  const [, url, folder] = operands;
  if (url === undefined) return [];
  if (folder !== undefined) return files.place(folder, "below");
  const name = baseName((url.value ?? "").replace(/\/+$/, "")).replace(/\.git$/, "");
  return name === "" ? [] : files.placeHere(url, "below", name);
}

function unpackTar(files: CommandFiles): Effect[] {
  const mode = files.words[0]?.value ?? "";
  const extracts = /^-?[a-zA-Z]*x/.test(mode) || files.has("-x", "--extract", "--get");
  const word = files.words[0];
  if (!extracts || word === undefined) return [];
  const folder = files.option("-C", "--directory");
  return folder === null ? files.place({ ...word, value: "." }, "below") : files.place(folder, "below");
}

function link(files: CommandFiles): Effect[] {
  const operands = files.operands(["-t", "-S"]);
  const [target, at] = operands;
  if (target?.value === undefined || target.value === null) return [];
  const path = at === undefined ? files.path({ ...target, value: baseName(target.value) }) : files.path(at);
  if (path === null) return [];
  const into = at?.value?.endsWith("/") === true ? absolutePath(path, baseName(target.value)) : path;
  const symbolic = files.has("-s", "--symbolic");
  const base = symbolic ? into.slice(0, into.lastIndexOf("/")) || "/" : "";
  const resolved =
    target.value.startsWith("/") || symbolic ? absolutePath(base, target.value) : files.path(target);
  return [{ kind: "link", ...files.origin(at ?? target), path: into, target: resolved ?? target.value }];
}

function changeMode(files: CommandFiles): Effect[] {
  const operands = files.words.filter((word) => !/^-[RvcfR]+$|^--/.test(word.value ?? ""));
  const mode = operands[0]?.value ?? "";
  const octal = /^[0-7]{3,4}$/.test(mode) ? Number.parseInt(mode, 8) : null;
  const executable =
    octal !== null
      ? (octal & 0o100) !== 0
        ? "set"
        : "cleared"
      : /^[ugoa]*[+=][rwst]*x/.test(mode) && !/^[go]+[+=]/.test(mode)
        ? "set"
        : /^[ua]*-[rw]*x/.test(mode)
          ? "cleared"
          : "unchanged";
  return operands.slice(1).flatMap((word) => {
    const path = files.path(word);
    if (path === null) return [];
    return [
      {
        kind: "change-mode" as const,
        ...files.origin(word),
        path,
        recursive: files.has("-R", "--recursive"),
        mode: octal,
        executable,
      },
    ];
  });
}

function pipTarget(files: CommandFiles): Effect[] {
  if (!files.words.some((word) => word.value === "install")) return [];
  return files.place(files.option("-t", "--target", "--prefix"), "below");
}
