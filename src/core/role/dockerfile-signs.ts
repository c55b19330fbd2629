import { survivingPlaces } from "../dockerfile/effects/surviving.ts";
import type { CommandLine, DockerfileModel, Setting } from "../dockerfile/model.ts";
import { outlineOfLine } from "../dockerfile/shell/outline.ts";
import { trainIn } from "../entrypoint/train-command.ts";
import { baseName, isWithin } from "../paths.ts";
import { pathFoldersOf } from "../sagemaker.ts";
import { commandSigns, namesTraining } from "./command-signs.ts";
import {
  CONTAINER_TYPE,
  HOSTING_LABELS,
  PROCESSING_FOLDER,
  type RoleSign,
  type RoleSigns,
  TRAINING_MODULE,
} from "./sign.ts";

/** What a Dockerfile shows of what its image is made for. */
export function dockerfileSigns(dockerfile: DockerfileModel): RoleSigns {
  const base = baseSign(dockerfile);
  const training = trainingSign(dockerfile, base !== null);
  if (training !== null) return { training, others: [] };
  // What the image may yet have is an open question: a guess in spite of it could be wrong.
  const closed = trainIn(dockerfile).presence === "absent";
  const own = ownSigns(dockerfile).map((sign) =>
    sign.role === "serving" && !closed ? { ...sign, certain: false } : sign,
  );
  return { training: null, others: base === null ? own : [base, ...own] };
}

/** The base's role counts where its ENTRYPOINT does; AWS's images are for one role whatever they start. */
function baseSign({ base, config }: DockerfileModel): RoleSign | null {
  const known = base.kind === "image" ? base.known : null;
  if (known?.role === undefined) return null;
  if (config.entrypoint.instruction !== null && known.kind !== "sagemaker") return null;
  const reference = base.kind === "image" ? base.reference : "";
  return {
    role: known.role,
    because: `its base image ${reference} is made for ${known.role}`,
    certain: true,
  };
}

function trainingSign(dockerfile: DockerfileModel, otherBase: boolean): string | null {
  const { entrypoint, cmd, env } = dockerfile.config;
  const words = [...wordsOf(entrypoint), ...wordsOf(cmd)];
  if (namesTraining(words)) return "its ENTRYPOINT or CMD names training";
  if (env.has(TRAINING_MODULE)) return `it sets ${TRAINING_MODULE}`;
  const places = survivingPlaces(dockerfile.effects);
  const script = places.find((place) => /^train(?:ing|er)?(?:\.(?:py|sh|R))?$/.test(baseName(place.path)));
  if (script !== undefined) return `it has ${script.path}`;
  // SAGEMAKER_PROGRAM, which the training toolkit reads, names the script of AWS's inference images too.
  if (!otherBase && trainIn(dockerfile).presence === "present") return "it has a program train";
  return null;
}

function ownSigns(dockerfile: DockerfileModel): RoleSign[] {
  const { entrypoint, cmd, env, labels, workingDir } = dockerfile.config;
  const signs: RoleSign[] = [];
  const label = HOSTING_LABELS.find((name) => labels.has(name));
  if (label !== undefined)
    signs.push({ role: "serving", because: `it has the label ${label}`, certain: true });
  const type = env.get(CONTAINER_TYPE);
  if (type?.known === true && type.value === "inference")
    signs.push({ role: "serving", because: `${CONTAINER_TYPE} is inference`, certain: true });
  const folders = pathFoldersOf(dockerfile);
  const places = survivingPlaces(dockerfile.effects);
  const serve = places.find(
    (place) => place.extent !== "below" && folders.some((folder) => place.path === `${folder}/serve`),
  );
  if (serve !== undefined)
    signs.push({ role: "serving", because: `it has ${serve.path} and no train`, certain: true });
  const touched = dockerfile.effects.find(
    (effect) => "path" in effect && isWithin(effect.path, PROCESSING_FOLDER),
  );
  if (touched !== undefined || (workingDir.known && isWithin(workingDir.value, PROCESSING_FOLDER)))
    signs.push({ role: "processing", because: `it uses ${PROCESSING_FOLDER}`, certain: true });
  signs.push(...commandSigns(wordsOf(entrypoint), "ENTRYPOINT"), ...commandSigns(wordsOf(cmd), "CMD"));
  return signs;
}

/** The words that run: of a shell-form line, those of all its commands. */
function wordsOf(setting: Setting<CommandLine | null>): string[] {
  if (!setting.known || setting.value === null || setting.instruction === null) return [];
  const { form, argv, line } = setting.value;
  const shell = form === "shell" ? line?.text : /^-[a-z]*c$/.test(argv[1] ?? "") ? argv[2] : undefined;
  if (shell === undefined) return [...argv];
  return outlineOfLine(shell).commands.flatMap((command) =>
    command.argv.map((word) => word.value ?? word.raw),
  );
}
