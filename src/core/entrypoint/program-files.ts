import type { FileEntry } from "../image/model.ts";
import type { Range, SourceText } from "../text.ts";

/** A file that may be started, or read by an interpreter. */
export interface ProgramFile {
  /** Where it is in the container: absolute, links followed. */
  readonly path: string;
  /** As text, where it is known and no binary. */
  readonly text: SourceText | null;
  /** Whether `text` is all of it, and short enough to be followed as a script. */
  readonly whole: boolean;
  /** Permission bits; `null` when they can't be told. */
  readonly mode: number | null;
  /** Where it comes from, for findings. */
  readonly origin: /** A here-document, a command of a RUN; `placed` are the words that put the file into the image. */
    | { readonly kind: "dockerfile"; readonly placed: Range }
    /** A file of the build context; `path` as it shall appear in findings. */
    | { readonly kind: "context"; readonly path: string; readonly placed: Range }
    | { readonly kind: "image"; readonly entry: FileEntry };
}

/** The files of what is going to run, as far as the Dockerfile or the image shows them. */
export interface ProgramFiles {
  /** The file that the kernel starts for a command's first word; bare names are looked up in PATH. */
  readonly program: (word: string) => ProgramFile | null;
  /** The file that an interpreter reads, as seen from the working folder. */
  readonly script: (word: string) => ProgramFile | null;
  /** Which program `sh` is; `null` where it can't be told. */
  readonly sh: () => "dash" | "bash" | "busybox" | null;
}
