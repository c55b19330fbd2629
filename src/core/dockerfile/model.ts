import type { Range, SourceText } from "../text.ts";

/** `--name=value` in front of an instruction's arguments, unexpanded. */
export interface Flag {
  readonly name: string;
  /** `null` for a flag without `=`. */
  readonly value: string | null;
  readonly range: Range;
}

/** A here-document of RUN, COPY or ADD. */
export interface Heredoc {
  readonly name: string;
  /** False when the name was quoted: the builder and the shell leave `$` alone. */
  readonly expand: boolean;
  /** The body, with tabs stripped when written as `<<-`. */
  readonly content: SourceText;
  /** The `<<NAME` word. */
  readonly range: Range;
}

/** One instruction as the builder reads it, with its place in the file. */
export interface Instruction {
  /** Upper case. */
  readonly keyword: string;
  /** From the keyword to the last character, continuation lines and heredoc bodies included. */
  readonly range: Range;
  readonly keywordRange: Range;
  readonly flags: readonly Flag[];
  /** What follows the flags: continuations joined, comments and blank lines between them dropped, trimmed. */
  readonly arguments: SourceText;
  readonly heredocs: readonly Heredoc[];
  /** What ONBUILD will run in an image built from this one. */
  readonly trigger: Instruction | null;
}

/** A value that the Dockerfile decides, or one that rests on what is not known here (and why). */
export type Value<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

/** A `Value` together with the instruction that set it; `null` when a base image or the builder's default did. */
export type Setting<T> = Value<T> & { readonly instruction: Instruction | null };

/** ENTRYPOINT or CMD as it ends up in the image. */
export interface CommandLine {
  readonly form: "exec" | "shell";
  /** As in the image configuration: shell form is the SHELL followed by the line. */
  readonly argv: readonly string[];
  /** Shell form only: the line itself, with positions. */
  readonly line: SourceText | null;
  /** Exec form only: the range of each array element, quotes included. */
  readonly elementRanges: readonly Range[];
  /** Shell form that begins with `[`: why it is not a JSON array of strings. */
  readonly brokenExecForm: { readonly reason: string; readonly range: Range } | null;
}

/** A public base image that is known by name, and what it passes on. */
export interface KnownBase {
  /** Short name of the family, e.g. `python` or `miniforge`. */
  readonly family: string;
  /** Where the fact comes from, and the date it was looked at (YYYY-MM-DD). */
  readonly source: string;
  readonly asOf: string;
  /** Its configuration, as far as certain; a field that is missing here is not known. */
  readonly config: {
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Env?: { readonly [name: string]: string };
    readonly WorkingDir?: string;
    readonly User?: string;
    readonly Shell?: readonly string[];
  };
  /** Whether an executable `train` is on its PATH. */
  readonly train: "present" | "absent" | "unknown";
  /** Whether the SageMaker training toolkit is installed in it. */
  readonly toolkit: "present" | "absent" | "unknown";
  /** Whether it is a plain distribution or language image, a CUDA image, or one made for SageMaker. */
  readonly kind: "plain" | "cuda" | "sagemaker" | "other";
  /** Its ENTRYPOINT, where it has one at all, ends by running its arguments: `train` must be a program on PATH. */
  readonly runsArguments?: true;
  /** Its ENTRYPOINT is tini without a program; with which options differs between its tags. */
  readonly startsTini?: true;
  /** What it is made for, where that is not training. */
  readonly role?: "serving" | "processing";
}

/** What a stage is built on. */
export type Base =
  | { readonly kind: "scratch" }
  | { readonly kind: "stage"; readonly stage: number }
  | { readonly kind: "image"; readonly reference: string; readonly known: KnownBase | null }
  | { readonly kind: "unknown"; readonly text: string; readonly why: string };

export interface Stage {
  /** 0-based position in the file. */
  readonly index: number;
  /** Lower case, as the builder compares it; `null` without `AS`. */
  readonly name: string | null;
  readonly from: Instruction;
  readonly base: Base;
  /** `--platform` after expansion; `null` when not given. */
  readonly platform: Value<string> | null;
  /** Everything after FROM, in order. */
  readonly instructions: readonly Instruction[];
}

/** The image configuration that the target stage will have. */
export interface EffectiveConfig {
  readonly entrypoint: Setting<CommandLine | null>;
  readonly cmd: Setting<CommandLine | null>;
  /** What is known of the environment; `inherited` tells whether a base may add more. */
  readonly env: ReadonlyMap<string, Setting<string>>;
  readonly envComplete: Value<true>;
  /** Absolute; `/` is the default of an image that never sets it ("" in the configuration). */
  readonly workingDir: Setting<string>;
  /** "" is root. */
  readonly user: Setting<string>;
  readonly volumes: ReadonlyMap<string, Instruction | null>;
  readonly volumesComplete: Value<true>;
  readonly exposedPorts: ReadonlyMap<string, Instruction | null>;
  readonly exposedPortsComplete: Value<true>;
  readonly labels: ReadonlyMap<string, Setting<string>>;
  readonly labelsComplete: Value<true>;
  readonly stopSignal: Setting<string | null>;
  /** `null` when never set: the engine then uses `/bin/sh -c`. */
  readonly shell: Setting<readonly string[] | null>;
  readonly healthcheck: Setting<Healthcheck | null>;
  readonly onbuild: readonly string[];
}

/** As in the image configuration; durations in nanoseconds. */
export interface Healthcheck {
  readonly Test: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

/** A word of a shell command. `value` is `null` when it can't be told without running it. */
export interface ShellWord {
  readonly value: string | null;
  readonly raw: string;
  readonly range: Range;
  /** The text as far as it is known, where it was asked for. */
  readonly template?: ShellTemplate;
}

/** A stretch of a template that stands as written, since its value can't be told. */
export interface ShellGap {
  /** Offsets in the template's text. */
  readonly start: number;
  readonly end: number;
  /** The path of the file whose text belongs there, as in `$(cat job.json)`. */
  readonly file: ShellTemplate | null;
}

/** What the shell makes of a word or a here-document: text with the way back to the file, and what is not known. */
export interface ShellTemplate {
  readonly source: SourceText;
  readonly gaps: readonly ShellGap[];
  /** The shell takes the word's braces apart into several words; here they stand as written. */
  readonly braces?: true;
}

export interface ShellRedirect {
  /** The operator as written: `>`, `>>`, `<`, `<<`, `&>`, ... */
  readonly operator: string;
  readonly target: ShellWord | null;
  /** Of a here-document: its text, where the shell changes nothing in it. */
  readonly body?: SourceText;
  /** Of a here-document: its text as far as it is known, where it was asked for. */
  readonly template?: ShellTemplate;
}

/** One simple command of a RUN body, in the order in which the shell reaches it. */
export interface ShellCommand {
  readonly instruction: Instruction;
  readonly stage: number;
  readonly range: Range;
  /** Words after expansion; the first is the command as written (`sudo`, `env`, ... are not stripped). */
  readonly argv: readonly ShellWord[];
  readonly assignments: readonly { readonly name: string; readonly value: string | null }[];
  readonly redirects: readonly ShellRedirect[];
  /** Where it runs: WORKDIR and the `cd`s before it. */
  readonly workingDir: Value<string>;
  /** True inside `if`, `||`, `case`, loops over nothing known, ...: it may not run. */
  readonly conditional: boolean;
}

interface EffectBase {
  readonly instruction: Instruction;
  readonly stage: number;
  /** The words that say it. */
  readonly range: Range;
  /** True when it may not happen (see ShellCommand.conditional). */
  readonly conditional: boolean;
}

/** The build puts a file, or files below a folder, at `path` (absolute, normalized, no trailing slash). */
export interface PlaceEffect extends EffectBase {
  readonly kind: "place";
  readonly path: string;
  /** `file`: exactly this path. `below`: unknown names below this folder. `either`: can't be told. */
  readonly extent: "file" | "below" | "either";
  /** COPY, ADD, or the command's name (`curl`, `git`, `cp`, ...). */
  readonly by: string;
  /** The sources as written (after expansion), where there are any. */
  readonly sources: readonly string[];
  /** `--from`: the stage it comes from, an image's reference, or `null` for the build context or a command. */
  readonly from: { readonly stage: number } | { readonly image: string } | null;
  /** Permission bits from `--chmod` or a later chmod; `null` when the source decides. */
  readonly mode: number | null;
  /** The text, when the Dockerfile or the build context gives it. */
  readonly content: SourceText | null;
  /** One of the files in a folder that is copied from another stage; the copy itself is a place of its own. */
  readonly carried?: true;
  /** Copied from a stage: whole folders of the build context's own files are among it. */
  readonly holdsContext?: true;
}

/** The build makes an empty folder. */
export interface MakeDirectoryEffect extends EffectBase {
  readonly kind: "make-directory";
  readonly path: string;
}

/** The build deletes `path` and, when `below` is true, only what is in it. */
export interface RemoveEffect extends EffectBase {
  readonly kind: "remove";
  readonly path: string;
  readonly below: boolean;
}

/** `ln`, `ln -s`: `path` leads to `target` (absolute where it can be told). */
export interface LinkEffect extends EffectBase {
  readonly kind: "link";
  readonly path: string;
  readonly target: string;
}

/** `chmod`: `mode` is the new permission bits, `null` when only symbolic changes are known. */
export interface ChangeModeEffect extends EffectBase {
  readonly kind: "change-mode";
  readonly path: string;
  readonly recursive: boolean;
  readonly mode: number | null;
  /** What happens to the owner's execute bit. */
  readonly executable: "set" | "cleared" | "unchanged";
}

/**
 * One instruction of the lineage together with what is in force when the builder reaches it.
 * ONBUILD triggers of a parent stage appear as steps of the child, where the builder runs them.
 */
export interface Step {
  readonly instruction: Instruction;
  readonly stage: number;
  /** ENV so far, inherited values included. */
  readonly env: ReadonlyMap<string, Setting<string>>;
  /** Whether a base that is not known may have set more. */
  readonly envComplete: Value<true>;
  /** ARG in scope and not overridden by a later ENV: of the two, the later instruction wins. */
  readonly args: ReadonlyMap<string, Setting<string>>;
  readonly workingDir: Value<string>;
  /** SHELL in force; `null` is the default `/bin/sh -c`. */
  readonly shell: readonly string[] | null;
  readonly user: Value<string>;
}

/** The package managers whose installs are understood. */
export type PackageManager =
  | "apt"
  | "dpkg"
  | "yum"
  | "dnf"
  | "rpm"
  | "zypper"
  | "apk"
  | "pacman"
  | "pip"
  | "conda"
  | "uv"
  | "poetry"
  | "npm";

/** A package manager installs a named package. Lists that are files are `file`, e.g. `-r requirements.txt`. */
export interface InstallEffect extends EffectBase {
  readonly kind: "install";
  readonly manager: PackageManager;
  /** Without version constraint and extras; `null` when it is not known. */
  readonly package: string | null;
  /** The word as it stands after expansion, e.g. `sagemaker-training==5.1.4`; `null` when unknown. */
  readonly specifier: string | null;
  /** The word as written, before the shell expands it. */
  readonly written?: string;
  /** A requirements, environment or lock file, or a project folder, that names the packages. */
  readonly file: string | null;
  /** apt and relatives: recommended packages are left out. */
  readonly noRecommends: boolean;
}

/** VOLUME and WORKDIR, as they touch the file system. */
export interface FolderInstructionEffect extends EffectBase {
  readonly kind: "volume" | "workdir";
  readonly path: string;
}

export type Effect =
  | PlaceEffect
  | MakeDirectoryEffect
  | RemoveEffect
  | LinkEffect
  | ChangeModeEffect
  | InstallEffect
  | FolderInstructionEffect;

/** A file of the build context, read on demand. */
export interface ContextFile {
  /** The first bytes decoded as UTF-8, at most 1 MiB; `null` when it is not text. */
  readonly text: string | null;
  /** POSIX permission bits; `null` on a file system that has none. */
  readonly mode: number | null;
}

/** The build context, where one is at hand. Paths are relative to its root, with `/`. */
export interface BuildContext {
  readonly file: (path: string) => ContextFile | null;
  /** The files below a folder, or the one file: relative paths; `null` when there is nothing there. */
  readonly list: (path: string) => readonly string[] | null;
  /** The context's folder as it shall appear in findings; missing or "" where trainlint runs in it. */
  readonly shownAs?: string;
}

/** Something in the file that could not be understood; never a reason to give up on the rest. */
export interface Problem {
  readonly range: Range;
  readonly message: string;
}

/** A comment line that is not inside a continuation, or is; `text` is without the `#`, trimmed. */
export interface Comment {
  readonly range: Range;
  readonly text: string;
}

/** A Dockerfile as the builder understands it, judged from its target stage. */
export interface DockerfileModel {
  readonly kind: "dockerfile";
  readonly path: string;
  readonly text: string;
  readonly comments: readonly Comment[];
  readonly stages: readonly Stage[];
  readonly target: Stage;
  /** Indexes of the stages that the target is built from: itself first, then its parents. */
  readonly lineage: readonly number[];
  /** The base that the whole lineage stands on. */
  readonly base: Base;
  readonly config: EffectiveConfig;
  /** The instructions of the lineage with the state before each, in build order, parents first. */
  readonly steps: readonly Step[];
  /** What the build does to the target's file system, in build order, parents first. */
  readonly effects: readonly Effect[];
  /** The commands that run in the lineage, in build order, parents first. */
  readonly commands: readonly ShellCommand[];
  /** Those of other stages whose system's own programs and libraries are copied into the target. */
  readonly carriedCommands?: readonly ShellCommand[];
  readonly problems: readonly Problem[];
  readonly context: BuildContext | null;
  /** The platform that the build is asked for, e.g. `linux/amd64`; `null` where nobody says. */
  readonly buildPlatform: string | null;
}
