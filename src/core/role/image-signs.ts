import { outlineOfLine } from "../dockerfile/shell/outline.ts";
import { environmentOf, findCommand, pathFolders } from "../image/lookup.ts";
import type { ImageModel, ImageNeeds } from "../image/model.ts";
import { absolutePath, isWithin } from "../paths.ts";
import { commandSigns, namesTraining } from "./command-signs.ts";
import {
  CONTAINER_TYPE,
  HOSTING_LABELS,
  PROCESSING_FOLDER,
  type RoleSign,
  type RoleSigns,
  TRAINING_MODULE,
} from "./sign.ts";

/** The programs whose presence tells of the role; looked for where files are read anyway. */
export const ROLE_NEEDS: ImageNeeds = {
  depth: "config",
  queries: (config) =>
    pathFolders(config).flatMap((folder) =>
      ["train", "serve"].map((name) => ({ kind: "path" as const, path: `${folder}/${name}` })),
    ),
};

/** What a built image shows of what it is made for. */
export function imageSigns(image: ImageModel): RoleSigns {
  const { config } = image;
  const env = environmentOf(config);
  const words = [...wordsOf(config.Entrypoint), ...wordsOf(config.Cmd)];
  if (namesTraining(words)) return trains("its Entrypoint or Cmd names training");
  if (env.has(TRAINING_MODULE)) return trains(`it sets ${TRAINING_MODULE}`);
  if (has(image, "train")) return trains("it has a program train");
  const signs: RoleSign[] = [];
  const label = HOSTING_LABELS.find((name) => config.Labels[name] !== undefined);
  if (label !== undefined)
    signs.push({ role: "serving", because: `it has the label ${label}`, certain: true });
  if (env.get(CONTAINER_TYPE) === "inference")
    signs.push({ role: "serving", because: `${CONTAINER_TYPE} is inference`, certain: true });
  if (has(image, "serve"))
    signs.push({ role: "serving", because: "it has a program serve and no train", certain: true });
  if (isWithin(absolutePath("/", config.WorkingDir), PROCESSING_FOLDER))
    signs.push({ role: "processing", because: `it uses ${PROCESSING_FOLDER}`, certain: true });
  signs.push(
    ...commandSigns(wordsOf(config.Entrypoint), "ENTRYPOINT"),
    ...commandSigns(wordsOf(config.Cmd), "CMD"),
  );
  // Where no file was read, there may well be a program train.
  const closed = image.depth !== "config";
  return {
    training: null,
    others: signs.map((sign) =>
      sign.role === "serving" ? { ...sign, certain: sign.certain && closed } : sign,
    ),
  };
}

function trains(training: string): RoleSigns {
  return { training, others: [] };
}

function has(image: ImageModel, name: string): boolean {
  const { executable, notExecutable } = findCommand(image, name);
  return executable !== null || notExecutable !== null;
}

function wordsOf(argv: readonly string[] | null): string[] {
  const [, flag = "", line = ""] = argv ?? [];
  if (!/^-[a-z]*c$/.test(flag)) return [...(argv ?? [])];
  return outlineOfLine(line).commands.flatMap((command) =>
    command.argv.map((word) => word.value ?? word.raw),
  );
}
