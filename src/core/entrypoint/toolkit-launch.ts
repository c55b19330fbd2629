import type { DockerfileModel } from "../dockerfile/model.ts";
import { outlineOf } from "../dockerfile/shell/outline.ts";
import { wholeText } from "../dockerfile/shell/source.ts";
import { baseName } from "../paths.ts";
import type { SourceText } from "../text.ts";
import { dockerfileFiles } from "./dockerfile-files.ts";
import { dockerfileLaunch } from "./launch-words.ts";
import type { ProgramFile, ProgramFiles } from "./program-files.ts";
import { startedBy } from "./started.ts";
import type { CommandWord } from "./wrappers.ts";

/** Whether what SageMaker starts is the training toolkit's `train`, a program of one's own, or can't be told. */
export type ToolkitLaunch = "toolkit" | "own" | "unknown";

/** Python modules of the toolkit; a program that names one uses it as a library. */
const TOOLKIT_MODULE = /\bsagemaker[_-](?:training|containers|pytorch_container|tensorflow_container)\b/;

/** The same for what a Dockerfile starts; the entrypoints of AWS's own images run `train`. */
export function dockerfileToolkitLaunch(dockerfile: DockerfileModel): ToolkitLaunch {
  const { entrypoint } = dockerfile.config;
  const { base } = dockerfile;
  if (!entrypoint.known)
    return base.kind === "image" && base.known?.toolkit === "present" ? "toolkit" : "unknown";
  const launch = dockerfileLaunch(dockerfile);
  if (launch !== null) return toolkitLaunch(launch, dockerfileFiles(dockerfile));
  const line = entrypoint.value?.line ?? null;
  return line === null ? "unknown" : ofShell(line);
}

/** Follows a command line to the toolkit's `train`, or to a program of one's own whose text is known. */
export function toolkitLaunch(argv: readonly CommandWord[], files: ProgramFiles): ToolkitLaunch {
  const { words, program } = startedBy(argv, files);
  const name = baseName(words[0]?.value ?? "");
  switch (program?.kind) {
    case "python": {
      const { target } = program.call;
      if (program.file !== null) return ofPython(program.file);
      if (target.kind === "file" && target.word.value !== null)
        return ofPython(files.script(target.word.value));
      return target.kind === "module" && TOOLKIT_MODULE.test(target.word.value ?? "") ? "toolkit" : "unknown";
    }
    case "shell-line":
      return program.line.value === null ? "unknown" : ofShell(wholeText(program.line.value));
    case "shell-script":
      return program.file?.text == null || !program.file.whole ? "unknown" : ofShell(program.file.text);
    case "other":
      return name === "train" && program.file === null ? "toolkit" : "unknown";
    default:
      return "unknown";
  }
}

/** What a program that reads the toolkit's variables itself is up to can't be told. */
const TOOLKIT_VARIABLE = /\bSAGEMAKER_(?:PROGRAM|SUBMIT_DIRECTORY)\b/;

function ofPython(file: ProgramFile | null): ToolkitLaunch {
  if (file?.text == null || !file.whole || TOOLKIT_VARIABLE.test(file.text.text)) return "unknown";
  return TOOLKIT_MODULE.test(file.text.text) ? "toolkit" : "own";
}

/** A shell leads there when it runs `train` or what it is given. */
function ofShell(text: SourceText): ToolkitLaunch {
  const { commands, problems } = outlineOf(text, "");
  if (problems.length > 0 || TOOLKIT_VARIABLE.test(text.text)) return "unknown";
  const words = commands.flatMap((command) => command.argv);
  const leads = words.some(
    ({ value, raw }) =>
      baseName(value ?? "") === "train" ||
      TOOLKIT_MODULE.test(value ?? "") ||
      /\$(?:[@*1]|\{[@*1])/.test(raw),
  );
  if (leads) return "toolkit";
  // What another script or a variable runs can't be told.
  const open = commands.some(({ argv }) => {
    const value = argv[0]?.value;
    return value === null || /\.sh$|^(?:\.|source|eval)$/.test(value ?? "");
  });
  return open ? "unknown" : "own";
}
