import { pathFolders } from "../image/lookup.ts";
import type { FileIndex, FileQuery, ImageConfig, ImageNeeds } from "../image/model.ts";
import { absolutePath } from "../paths.ts";
import { type ImageParts, imageFiles } from "./image-files.ts";
import type { ProgramFiles } from "./program-files.ts";

/** Bytes of a program that are read: whole scripts, and the headers of binaries. */
const HEAD = 65_536;

const NOTHING: FileIndex = { visible: new Map(), hidden: [], asked: [] };

/**
 * What a look at the program of an image needs: it is done once without any file, and again whenever files have
 * come, and asks for each path that it looks up on its way. `head`: how many first bytes of each are read.
 */
export function needsOf(
  look: (image: ImageParts, files: ProgramFiles) => unknown,
  head: number = HEAD,
): ImageNeeds {
  const asked = (config: ImageConfig, files: FileIndex): FileQuery[] => {
    const paths = new Set<string>();
    const image = { config, files };
    look(image, recorded(imageFiles(image), config, paths));
    return [...paths].map((path) => ({ kind: "path", path, head }));
  };
  return {
    depth: "files",
    queries: (config) => asked(config, NOTHING),
    followUps: (config, files) => asked(config, files),
  };
}

/** The same files; every path that is looked up is noted. */
function recorded(files: ProgramFiles, config: ImageConfig, paths: Set<string>): ProgramFiles {
  const here = (word: string): string => absolutePath(config.WorkingDir || "/", word);
  return {
    program(word) {
      if (word.includes("/")) paths.add(here(word));
      else for (const folder of pathFolders(config)) paths.add(absolutePath(folder, word));
      return files.program(word);
    },
    script(word) {
      paths.add(here(word));
      return files.script(word);
    },
    sh() {
      paths.add("/bin/sh");
      return files.sh();
    },
  };
}
