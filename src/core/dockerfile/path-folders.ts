import { withoutTrailingSlashes } from "../paths.ts";
import { remembered } from "../remembered.ts";
import { assignmentsOf } from "./assignments.ts";
import { stepLookup } from "./effects/copy.ts";
import type { DockerfileModel } from "./model.ts";
import { expandWord } from "./variables.ts";

/** The folders of PATH in an image that does not set it. */
export const USUAL_PATH: readonly string[] = [
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

/** The folders of PATH, as far as the Dockerfile tells; the usual ones where it rests on an unknown base. */
export const pathFoldersOf = remembered((dockerfile: DockerfileModel): readonly string[] => {
  const path = dockerfile.config.env.get("PATH");
  if (path?.known === true) return foldersIn(path.value);
  return [...writtenFolders(dockerfile), ...USUAL_PATH, "/opt/conda/bin"];
});

/** What the file itself puts in front of or behind the PATH of its base. */
function writtenFolders(dockerfile: DockerfileModel): string[] {
  return dockerfile.steps.flatMap((step) => {
    if (step.instruction.keyword !== "ENV") return [];
    const lookup = stepLookup(step);
    return assignmentsOf(step.instruction.arguments, "\\").flatMap(({ name, value }) => {
      if (name !== "PATH" || value === null) return [];
      const own = expandWord(
        value,
        (key) => (key === "PATH" ? { known: true, value: "" } : lookup(key)),
        "\\",
      );
      return own.known ? foldersIn(own.value) : [];
    });
  });
}

function foldersIn(path: string): string[] {
  return path
    .split(":")
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => withoutTrailingSlashes(folder));
}
