/** The file system: finding, reading and writing. Everything that touches it for the app goes through here. */
export { buildContext } from "./files/context.ts";
export { discover, shortPath } from "./files/discover.ts";
export { findUpwards } from "./files/find-upwards.ts";
export { matchesPatterns, workingTreeOf } from "./files/gitignore.ts";
export { isFile, isFolder } from "./files/kind.ts";
export { isDockerfileName, isJobName } from "./files/names.ts";
export { fileReader, readStandardInput, readTextFile, readTextFileIfThere } from "./files/read.ts";
export { search as searchFiles } from "./files/search.ts";
export { appendText, rewriteFile, writeWhole } from "./files/write.ts";
