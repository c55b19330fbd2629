import { wholeText } from "../dockerfile/shell/source.ts";
import { findCommand, headText, resolvePath } from "../image/lookup.ts";
import type { FileEntry, ImageModel } from "../image/model.ts";
import { absolutePath, baseName } from "../paths.ts";
import type { ProgramFile, ProgramFiles } from "./program-files.ts";

/** The configuration and the files of an image. */
export type ImageParts = Pick<ImageModel, "config" | "files">;

/** The files of an image, as far as they were read. */
export function imageFiles(image: ImageParts): ProgramFiles {
  return {
    sh() {
      const name = baseName(resolvePath(image.files, "/bin/sh")?.entry.path ?? "");
      return name === "dash" || name === "bash" || name === "busybox" ? name : null;
    },
    program(word) {
      const found = findCommand(image, word);
      const entry = (found.executable ?? found.notExecutable)?.entry;
      return entry === undefined ? null : programFile(entry);
    },
    script(word) {
      const entry = resolvePath(image.files, absolutePath(image.config.WorkingDir || "/", word))?.entry;
      return entry === undefined || (entry.type !== "file" && entry.type !== "hardlink")
        ? null
        : programFile(entry);
    },
  };
}

function programFile(entry: FileEntry): ProgramFile {
  const text = headText(entry);
  return {
    path: entry.path,
    text: text === null ? null : wholeText(decoded(text)),
    whole: text !== null && (entry.head?.length ?? 0) >= entry.size,
    mode: entry.mode,
    origin: { kind: "image", entry },
  };
}

/** One character a byte, read as UTF-8; left as it is where it is not, e.g. where a character is cut. */
function decoded(latin1: string): string {
  try {
    return decodeURIComponent(
      latin1.replace(/[%\u0080-\u00ff]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`),
    );
  } catch {
    return latin1;
  }
}
