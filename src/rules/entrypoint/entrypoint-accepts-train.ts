import type { DockerfileModel, PlaceEffect } from "../../core/dockerfile/model.ts";
import { shebangOf } from "../../core/dockerfile/shell/shebang.ts";
import { dockerfileFiles } from "../../core/entrypoint/dockerfile-files.ts";
import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { dockerfileLaunch, imageLaunch } from "../../core/entrypoint/launch-words.ts";
import type { ProgramFiles } from "../../core/entrypoint/program-files.ts";
import { shellByName } from "../../core/entrypoint/shell-call.ts";
import { isShellForm } from "../../core/entrypoint/shell-form.ts";
import { trainIn } from "../../core/entrypoint/train-command.ts";
import { type TrainUse, trainUse } from "../../core/entrypoint/train-use.ts";
import { inText, type Severity } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { findCommand } from "../../core/image/lookup.ts";
import type { ImageModel } from "../../core/image/model.ts";
import { absolutePath, baseName, isWithin, withoutEnd } from "../../core/paths.ts";
import { type Composers, defineRule } from "../../core/rule.ts";

const messages = {
  file: ({ program, folder }: { program: string; folder: string }) => ({
    message: `SageMaker runs "${program} train": ${program} takes "train" for the name of a file in ${folder}, and fails where there is none; a CMD does not count.`,
    help: `Name the program in the ENTRYPOINT, for example ENTRYPOINT ["${program}", "/opt/program/train.py"].`,
  }),
  module: ({ program }: { program: string }) => ({
    message: `SageMaker runs "${program} -m train": Python looks for a module called "train", and fails with "No module named train" where there is none; a CMD does not count.`,
    help: `Name the module in the ENTRYPOINT, for example ENTRYPOINT ["${program}", "-m", "my_package.train"].`,
  }),
  code: ({ program }: { program: string }) => ({
    message: `SageMaker runs "${program} -c train": Python takes "train" for code, and fails with "name 'train' is not defined"; a CMD does not count.`,
    help: `Name the program in the ENTRYPOINT, for example ENTRYPOINT ["${program}", "/opt/program/train.py"].`,
  }),
  command: ({ program }: { program: string }) => ({
    message: `SageMaker's argument "train" becomes the command that ${program} runs, and no program of that name is seen on PATH: the job fails with exit code 127 where there is none; a CMD does not count.`,
    help: 'Make the program itself the ENTRYPOINT, in exec form, or put an executable "train" into a folder of PATH.',
  }),
  lost: ({ program }: { program: string }) => ({
    message: `The ENTRYPOINT gives ${program} a line that does not look at its arguments: SageMaker's argument "train" is lost.`,
    help: 'Make the program itself the ENTRYPOINT, in exec form; or pass the arguments on: ["bash", "-c", "exec PROGRAM \\"$@\\"", "--"].',
  }),
  wrongInterpreter: ({ program, path, other }: { program: string; path: string; other: string }) => ({
    message: `SageMaker runs "${program} train", and ${path} is a script for ${other}: ${program} takes its lines for its own language.`,
    help: `Start the file itself, ENTRYPOINT ["${path}"], or name the program that it is written for.`,
  }),
};

/** TL108: `train` must reach something that does the training. */
export const entrypointAcceptsTrain = defineRule({
  id: "TL108",
  name: "entrypoint-accepts-train",
  summary: "an entrypoint that takes `train` for a file, a module or a command, or loses it",
  rationale: `SageMaker runs the ENTRYPOINT with the one argument \`train\`, in place of CMD. With a bare interpreter as the
ENTRYPOINT and the program in CMD, a usual pattern for local work, that means:

- \`ENTRYPOINT ["python"]\` runs \`python train\`: \`can't open file '/train'\`, exit code 2, unless the working folder has a file
  called \`train\`.
- \`ENTRYPOINT ["bash"]\` runs \`bash train\`: exit code 127, or a Python file is read as shell.
- \`ENTRYPOINT ["/bin/bash", "-c"]\` runs the command \`train\`, which works only where one is on PATH.
- \`ENTRYPOINT ["sh", "-c", "python train.py"]\` works, but \`train\` becomes \`$0\` of the shell and never reaches the program.

Where the file or the command is seen to be there, nothing is reported.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
  ],
  severity: "warning",
  precision: "high",
  assumes: ["entrypoint", "train"],
  options: {},
  needs: needsOf((image, files) => {
    files.script("train");
    files.program("train");
    return image;
  }),
  messages,
  check: {
    *dockerfile(dockerfile, { messages }) {
      const { entrypoint } = dockerfile.config;
      const argv =
        entrypoint.known && entrypoint.value?.form === "exec" ? dockerfileLaunch(dockerfile) : null;
      const use = argv === null ? null : trainUse(argv);
      if (use === null || argv === null) return;
      const { workingDir } = dockerfile.config;
      const folder = workingDir.known ? workingDir.value : "the working folder";
      const composed = composedFor(use, folder, dockerfileFiles(dockerfile), messages);
      const presence = presenceIn(dockerfile, use);
      if (composed.messageId !== "wrongInterpreter" && presence === "present") return;
      // Without a CMD, `python` alone makes sense only with such a file.
      const isMeant =
        presence === "unknown" && (!dockerfile.config.cmd.known || dockerfile.config.cmd.value === null);
      const severity: Severity = isMeant ? "info" : "warning";
      const { instruction } = entrypoint;
      const range = argv[0]?.range ?? (instruction ?? dockerfile.target.from).range;
      const at = inText(dockerfile.path, instruction === null ? dockerfile.target.from.range : range);
      yield { ...composed, at, severity, evidence: { use: use.kind } };
    },
    *image(image, { messages }) {
      const use = isShellForm(image.config) ? null : trainUse(imageLaunch(image.config));
      if (use === null) return;
      const files = imageFiles(image);
      const composed = composedFor(use, image.config.WorkingDir || "/", files, messages);
      if (composed.messageId !== "wrongInterpreter" && isThere(image, use, files)) return;
      const at = { kind: "image-config", image: image.name, pointer: "/config/Entrypoint" } as const;
      yield { ...composed, at, evidence: { use: use.kind } };
    },
  },
  examples: [
    {
      title: "A program that gets it",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "/opt/train.py"]\n',
    },
    {
      title: "The file is there",
      dockerfile: 'FROM python:3.12\nWORKDIR /opt/program\nCOPY src .\nENTRYPOINT ["python"]\n',
      files: { "src/train": "print(1)\n" },
    },
    {
      title: "The command is there",
      dockerfile: 'FROM python:3.12\nCOPY train /usr/local/bin/train\nENTRYPOINT ["/bin/bash", "-c"]\n',
    },
    {
      title: "A line that passes its arguments on",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["bash", "-c", "exec python train.py \\"$@\\"", "--"]\n',
    },
    {
      title: "Python alone, and the program in CMD",
      dockerfile: 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["python"]\nCMD ["train.py"]\n',
      findings: [
        {
          messageId: "file",
          severity: "warning",
          message:
            'SageMaker runs "python train": python takes "train" for the name of a file in /app, and fails where there is none; a CMD does not count.',
          at: "4:13-4:21",
        },
      ],
    },
    {
      title: "Python alone, where the build context may have the file",
      dockerfile: 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["python"]\n',
      findings: [
        {
          messageId: "file",
          severity: "info",
          message:
            'SageMaker runs "python train": python takes "train" for the name of a file in /app, and fails where there is none; a CMD does not count.',
          at: "4:13-4:21",
        },
      ],
    },
    {
      title: "A module to be named by CMD",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "-m"]\nCMD ["my_package.train"]\n',
      findings: [
        {
          messageId: "module",
          message:
            'SageMaker runs "python -m train": Python looks for a module called "train", and fails with "No module named train" where there is none; a CMD does not count.',
          at: "2:13-2:21",
        },
      ],
    },
    {
      title: "Code to be given by CMD",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "-c"]\nCMD ["print(1)"]\n',
      findings: [
        {
          messageId: "code",
          message:
            'SageMaker runs "python -c train": Python takes "train" for code, and fails with "name \'train\' is not defined"; a CMD does not count.',
          at: "2:13-2:21",
        },
      ],
    },
    {
      title: "A shell that runs the command",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["/bin/bash", "-c"]\nCMD ["python /opt/train.py"]\n',
      findings: [
        {
          messageId: "command",
          message:
            'SageMaker\'s argument "train" becomes the command that bash runs, and no program of that name is seen on PATH: the job fails with exit code 127 where there is none; a CMD does not count.',
          at: "2:13-2:24",
        },
      ],
    },
    {
      title: "A line that does not look at its arguments",
      dockerfile: 'FROM fedora:41\nENTRYPOINT ["bash", "-c", "exec python train.py"]\n',
      findings: [
        {
          messageId: "lost",
          message:
            'The ENTRYPOINT gives bash a line that does not look at its arguments: SageMaker\'s argument "train" is lost.',
          at: "2:13-2:19",
        },
      ],
    },
    {
      title: "bash with a train program in Python",
      dockerfile: 'FROM python:3.12\nWORKDIR /opt/program\nCOPY train .\nENTRYPOINT ["bash"]\n',
      files: { train: "#!/usr/bin/env python\nimport json\n" },
      findings: [
        {
          messageId: "wrongInterpreter",
          message:
            'SageMaker runs "bash train", and /opt/program/train is a script for python: bash takes its lines for its own language.',
          at: "4:13-4:19",
        },
      ],
    },
    {
      title: "An image that starts R alone",
      image: composeImage({ config: { Entrypoint: ["Rscript"], WorkingDir: "/work" } }),
      findings: [
        {
          messageId: "file",
          message:
            'SageMaker runs "Rscript train": Rscript takes "train" for the name of a file in /work, and fails where there is none; a CMD does not count.',
          at: "/config/Entrypoint",
        },
      ],
    },
  ],
});

function composedFor(
  use: TrainUse,
  folder: string,
  files: ProgramFiles,
  compose: Composers<typeof messages>,
) {
  const { program } = use;
  if (use.kind !== "file") return compose[use.kind]({ program });
  const file = files.script("train");
  const named = file?.text == null ? undefined : shebangOf(file.text)?.program;
  const other = named === undefined ? undefined : withoutEnd(baseName(named), "0123456789.");
  const isSame = other !== undefined && (use.shell ? shellByName(other) !== null : program.startsWith(other));
  return file === null || other === undefined || isSame
    ? compose.file({ program, folder })
    : compose.wrongInterpreter({ program, path: file.path, other });
}

/** Whether what `train` stands for is placed, may be placed, or is nowhere in the Dockerfile. */
function presenceIn(dockerfile: DockerfileModel, use: TrainUse): "present" | "absent" | "unknown" {
  if (use.kind === "command") return trainIn(dockerfile).presence;
  if (use.kind === "lost" || use.kind === "code") return "absent";
  const { workingDir } = dockerfile.config;
  if (!workingDir.known) return "unknown";
  const names = use.kind === "file" ? ["train"] : ["train.py", "train/__main__.py", "train"];
  const files = dockerfileFiles(dockerfile);
  if (names.some((name) => files.script(name) !== null)) return "present";
  const places = dockerfile.effects.filter((effect) => effect.kind === "place");
  const paths = names.map((name) => absolutePath(workingDir.value, name));
  if (places.some((place) => place.extent !== "below" && paths.includes(place.path))) return "present";
  if (use.kind === "file" && use.shell && trainIn(dockerfile).presence !== "absent") return "unknown";
  return places.some((place) => mayHold(dockerfile, place, paths)) ? "unknown" : "absent";
}

/** Whether unknown files below a folder may include one of these; what the context shows is known. */
function mayHold({ context }: DockerfileModel, place: PlaceEffect, paths: readonly string[]): boolean {
  if (place.extent === "file" || !paths.some((path) => isWithin(path, place.path))) return false;
  const copied = place.from === null && (place.by === "COPY" || place.by === "ADD");
  return !(copied && context !== null);
}

/** Whether the image has what `train` stands for. */
function isThere(image: ImageModel, use: TrainUse, files: ProgramFiles): boolean {
  switch (use.kind) {
    case "file":
      return files.script("train") !== null || (use.shell && files.program("train") !== null);
    case "command":
      return findCommand(image, "train").executable !== null;
    case "module":
      // A module may be installed anywhere.
      return true;
    default:
      return false;
  }
}
