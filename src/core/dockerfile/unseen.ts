import { baseName } from "../paths.ts";
import { remembered } from "../remembered.ts";
import type { BuildContext, DockerfileModel } from "./model.ts";

/** What the file runs or installs without showing what comes of it. */
export const unseenIn = remembered(
  (dockerfile: DockerfileModel): string | null => openInstall(dockerfile) ?? openCommand(dockerfile),
);

/** An install that may bring a program called `train`: a list of packages, a project of one's own. */
function openInstall(dockerfile: DockerfileModel): string | null {
  for (const effect of dockerfile.effects) {
    if (effect.kind !== "install") continue;
    if (effect.file !== null) {
      if (namesInList(dockerfile.context, effect.file) !== null) continue;
      return `${effect.manager} installs ${effect.file}`;
    }
    if (effect.package === null) return `${effect.manager} installs packages that are not known here`;
    if (/^(?:git\+|https?:|git@)/.test(effect.specifier ?? ""))
      return `${effect.manager} installs ${effect.specifier}`;
  }
  return null;
}

const OPEN_COMMANDS =
  /^(?:make|cmake|ninja|meson|cargo|go|npm|yarn|conda|mamba|micromamba|poetry|pdm|uv|R|Rscript)$/;

/** A command whose result can't be told from its words: a script, a build. */
export const openCommand = remembered((dockerfile: DockerfileModel): string | null => {
  for (const command of dockerfile.commands) {
    const word = command.argv[0]?.value;
    if (word === undefined) continue;
    if (word === null) return "a command that is not known here runs";
    const name = baseName(word);
    const verb = command.argv[1]?.value ?? "";
    if (/^(?:conda|mamba|micromamba)$/.test(name) && /^env$|^create$/.test(verb))
      return `${name} ${verb} runs`;
    if (OPEN_COMMANDS.test(name) && /^(?:install|build|run|-C|--build|CMD|$)/.test(verb))
      return `${name} ${verb}`.trim();
    if (/\.(?:sh|py|run|pl)$/.test(name) || word.startsWith("./")) return `${word} runs`;
    if (/^(?:ba|da|z)?sh$|^python[\d.]*$/.test(name) && /\.(?:sh|py)$|^-$|^\//.test(verb))
      return `${name} ${verb} runs`;
    if (/^(?:ba|da|z)?sh$/.test(name) && command.argv.length === 1 && command.redirects.length === 0)
      return "a script from a pipe runs";
  }
  return null;
});

/**
 * The names in a list of packages of the build context, in their normal form; `null` where it can't be read, or
 * itself leads to what is not seen: other lists, projects, addresses.
 */
export function namesInList(context: BuildContext | null, file: string): ReadonlySet<string> | null {
  if (!/\.txt$/.test(file)) return null;
  const candidates = [file, baseName(file)].map((path) => path.replace(/^\.?\/+/, ""));
  const text =
    candidates.map((path) => context?.file(path)?.text ?? null).find((found) => found !== null) ?? null;
  if (text === null) return null;
  const names = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    const entry = line.replace(/(?:^|\s)#[\s\S]*/, "").trim();
    if (entry === "" || /^-(?!r|e|-requirement|-editable)/.test(entry)) continue;
    const name = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?!\S*:\/\/)/.exec(entry)?.[1];
    if (name === undefined || entry.includes("://")) return null;
    names.add(name.replace(/[-_.]+/g, "-").toLowerCase());
  }
  return names;
}
