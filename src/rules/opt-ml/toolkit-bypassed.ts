import type { DockerfileModel, InstallEffect, ShellCommand } from "../../core/dockerfile/model.ts";
import { commandIndex } from "../../core/dockerfile/shell/prefixes.ts";
import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { imageLaunch } from "../../core/entrypoint/launch-words.ts";
import { dockerfileToolkitLaunch, toolkitLaunch } from "../../core/entrypoint/toolkit-launch.ts";
import { trainIn } from "../../core/entrypoint/train-command.ts";
import { inText } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { environmentOf } from "../../core/image/lookup.ts";
import { absolutePath, parentOf } from "../../core/paths.ts";
import { defineRule } from "../../core/rule.ts";
import { isToolkitPackage, pathFoldersOf, toolkitIn } from "../../core/sagemaker.ts";
import type { Range } from "../../core/text.ts";
import { PROGRAM_VARIABLE } from "../../core/toolkit.ts";

const INSTALL = "pip install sagemaker-training, into the Python whose bin folder is on PATH";

/** TL204: the toolkit works only when its own `train` is what starts. */
export const toolkitBypassed = defineRule({
  id: "TL204",
  name: "toolkit-bypassed",
  summary: "the training toolkit is meant, but the container does not start it",
  rationale: `The SageMaker training toolkit (\`sagemaker-training\`) brings a program \`train\`. Only when that is what the
container starts does it unpack the submitted source, set the \`SM_*\` variables, make arguments of the hyperparameters, run
\`SAGEMAKER_PROGRAM\`, and write the failure file. Three ways to have it for nothing:

- an ENTRYPOINT of one's own that runs another program,
- an install whose \`bin\` folder is not on PATH: \`pip install --target\`, a virtual environment that PATH does not name,
- \`pip install sagemaker\`, which is the SDK that starts jobs from outside, and brings no \`train\`.

A program that imports the toolkit uses it as a library, and is right.`,
  refs: [
    {
      title: "The SageMaker training toolkit",
      url: "https://github.com/aws/sagemaker-training-toolkit",
    },
    {
      title: "Adapting your own training container",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/adapt-training-container.html",
    },
  ],
  severity: "warning",
  precision: "high",
  assumes: ["entrypoint", "train"],
  options: {},
  needs: needsOf((image, files) => toolkitLaunch(imageLaunch(image.config), files)),
  messages: {
    ownEntrypoint: ({ why }: { why: string }) => ({
      message: `The ENTRYPOINT starts a program that does not use the SageMaker training toolkit, although ${why}: submitted source is not unpacked, hyperparameters are not passed as arguments, and no SM_ variable is set.`,
      help: `Leave the ENTRYPOINT out, so that the toolkit's train starts, and name the program with ENV ${PROGRAM_VARIABLE}; or take the toolkit out.`,
    }),
    offPath: ({ name, folder }: { name: string; folder: string }) => ({
      message: `pip installs ${name} into ${folder}, whose programs are not on PATH: SageMaker runs "docker run IMAGE train", and does not find the toolkit's train.`,
      help: `Add the folder with the toolkit's train to PATH, or: ${INSTALL}.`,
    }),
    sdkOnly: ({ base }: { base: string }) => ({
      message: `sagemaker is the SDK that starts jobs from outside; it brings no train program, ${base} has none, and there is no ENTRYPOINT: SageMaker runs "docker run IMAGE train", and the job fails.`,
      help: `For a container, ${INSTALL}.`,
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      const { entrypoint } = dockerfile.config;
      const installs = dockerfile.effects.filter(
        (effect): effect is InstallEffect => effect.kind === "install",
      );
      const toolkits = installs.filter(
        (effect) => effect.package !== null && isToolkitPackage(effect.package),
      );
      if (entrypoint.instruction !== null && entrypoint.known && entrypoint.value !== null) {
        const why = reason(dockerfile, toolkits[0]);
        if (why === null || dockerfileToolkitLaunch(dockerfile) !== "own") return;
        const at = inText(dockerfile.path, entrypoint.instruction.range);
        yield { ...messages.ownEntrypoint({ why }), at, evidence: { argv: entrypoint.value.argv } };
        return;
      }
      for (const effect of toolkits) {
        const folder = folderOffPath(dockerfile, effect);
        if (folder === null || toolkits.some((other) => folderOffPath(dockerfile, other) === null)) continue;
        yield {
          ...messages.offPath({ name: effect.package ?? "", folder }),
          at: inText(dockerfile.path, effect.range),
          evidence: { folder },
        };
      }
      const sdk = installs.find((effect) => effect.manager !== "npm" && effect.package === "sagemaker");
      const known = entrypoint.known && entrypoint.value === null;
      if (sdk === undefined || !known || toolkitIn(dockerfile) !== "absent") return;
      if (trainIn(dockerfile).presence !== "absent") return;
      const base = dockerfile.base.kind === "image" ? dockerfile.base.reference : dockerfile.base.kind;
      yield { ...messages.sdkOnly({ base }), at: inText(dockerfile.path, sdk.range) };
    },
    *image(image, { messages }) {
      const { Entrypoint: argv } = image.config;
      if (argv === null || argv.length === 0 || !environmentOf(image.config).has(PROGRAM_VARIABLE)) return;
      if (toolkitLaunch(imageLaunch(image.config), imageFiles(image)) !== "own") return;
      yield {
        ...messages.ownEntrypoint({ why: `${PROGRAM_VARIABLE} is set` }),
        at: { kind: "image-config", image: image.name, pointer: "/config/Entrypoint" },
        evidence: { argv },
      };
    },
  },
  examples: [
    {
      title: "The toolkit's own start",
      dockerfile:
        "FROM python:3.12\nRUN python -m venv /opt/venv && /opt/venv/bin/pip install sagemaker-training\nENV PATH=/opt/venv/bin:$PATH SAGEMAKER_PROGRAM=train.py\n",
    },
    {
      title: "A program that uses the toolkit as a library",
      dockerfile:
        'FROM python:3.12\nRUN pip install sagemaker-training\nCOPY main.py /opt/program/main.py\nENTRYPOINT ["python", "/opt/program/main.py"]\n',
      files: { "main.py": "from sagemaker_training import environment\n" },
    },
    {
      title: "A script that runs what it is given",
      dockerfile:
        'FROM python:3.12\nRUN pip install sagemaker-training\nCOPY run.sh /run.sh\nENTRYPOINT ["bash", "/run.sh"]\n',
      files: { "run.sh": 'ulimit -n 4096\nexec "$@"\n' },
    },
    {
      title: "The SDK beside a program of one's own",
      dockerfile:
        'FROM python:3.12\nRUN pip install sagemaker\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
    },
    {
      title: "An ENTRYPOINT of one's own",
      dockerfile:
        'FROM python:3.12\nRUN pip install sagemaker-training\nCOPY main.py /opt/program/main.py\nENTRYPOINT ["python", "/opt/program/main.py"]\n',
      files: { "main.py": "import torch\n" },
      findings: [
        {
          messageId: "ownEntrypoint",
          severity: "warning",
          message:
            "The ENTRYPOINT starts a program that does not use the SageMaker training toolkit, although sagemaker-training is installed: submitted source is not unpacked, hyperparameters are not passed as arguments, and no SM_ variable is set.",
          at: "4:1-4:46",
        },
      ],
    },
    {
      title: "An install that is not on PATH",
      dockerfile: "FROM python:3.12\nRUN pip install --target /opt/libs numpy sagemaker-training==4.7.4\n",
      findings: [
        {
          messageId: "offPath",
          message:
            'pip installs sagemaker-training into /opt/libs, whose programs are not on PATH: SageMaker runs "docker run IMAGE train", and does not find the toolkit\'s train.',
          at: "2:42-2:67",
        },
      ],
    },
    {
      title: "A virtual environment that PATH does not name",
      dockerfile:
        "FROM python:3.12\nRUN python -m venv /opt/venv && /opt/venv/bin/pip install sagemaker-training\n",
      findings: [
        {
          messageId: "offPath",
          message:
            'pip installs sagemaker-training into /opt/venv, whose programs are not on PATH: SageMaker runs "docker run IMAGE train", and does not find the toolkit\'s train.',
          at: "2:59-2:77",
        },
      ],
    },
    {
      title: "The SDK instead of the toolkit",
      dockerfile: "FROM python:3.12\nRUN pip install sagemaker boto3\nCOPY train.py /opt/program/\n",
      findings: [
        {
          messageId: "sdkOnly",
          message:
            'sagemaker is the SDK that starts jobs from outside; it brings no train program, python:3.12 has none, and there is no ENTRYPOINT: SageMaker runs "docker run IMAGE train", and the job fails.',
          at: "2:17-2:26",
        },
      ],
    },
    {
      title: "A built image that names a program for the toolkit and starts its own",
      image: composeImage({
        config: {
          Entrypoint: ["python3", "/opt/program/main.py"],
          Env: ["PATH=/usr/local/bin:/usr/bin", "SAGEMAKER_PROGRAM=train.py"],
        },
        files: { "/opt/program/main.py": "import torch\n" },
      }),
      findings: [
        {
          messageId: "ownEntrypoint",
          message:
            "The ENTRYPOINT starts a program that does not use the SageMaker training toolkit, although SAGEMAKER_PROGRAM is set: submitted source is not unpacked, hyperparameters are not passed as arguments, and no SM_ variable is set.",
          at: "/config/Entrypoint",
        },
      ],
    },
  ],
});

/** What shows that the toolkit is meant. */
function reason(dockerfile: DockerfileModel, install: InstallEffect | undefined): string | null {
  if (install?.package != null) return `${install.package} is installed`;
  return dockerfile.config.env.get(PROGRAM_VARIABLE)?.instruction == null
    ? null
    : `${PROGRAM_VARIABLE} is set`;
}

/** The folder that an install goes to, where its programs are not on PATH; `null` where they are, or may be. */
function folderOffPath(dockerfile: DockerfileModel, effect: InstallEffect): string | null {
  const command = dockerfile.commands.find(({ argv }) =>
    argv.some((word) => sameRange(word.range, effect.range)),
  );
  const prefix = command === undefined ? null : prefixOf(command);
  if (prefix === null || !isPathKnown(dockerfile)) return null;
  return pathFoldersOf(dockerfile).includes(absolutePath(prefix, "bin")) ? null : prefix;
}

/** Whether no base image may have put more folders on PATH. */
function isPathKnown({ base, config }: DockerfileModel): boolean {
  if (config.env.get("PATH")?.known === true || base.kind === "scratch") return true;
  return base.kind === "image" && base.known?.kind === "plain";
}

/** Where `pip` puts things when its words say so: `--target`, `--prefix`, or the environment that it stands in. */
function prefixOf({ argv }: ShellCommand): string | null {
  const words = argv.slice(commandIndex(argv)).map((word) => word.value ?? "");
  const options = ["-t", "--target", "--prefix"];
  for (const [index, word] of words.entries()) {
    const attached = options.find((option) => option.startsWith("--") && word.startsWith(`${option}=`));
    const value =
      attached === undefined
        ? options.includes(word)
          ? words[index + 1]
          : undefined
        : word.slice(attached.length + 1);
    if (value?.startsWith("/") === true) return absolutePath("/", value);
  }
  const program = words[0] ?? "";
  return /^\/.+\/bin\/(?:pip|python)[\d.]*$/.test(program) ? parentOf(parentOf(program)) : null;
}

function sameRange(a: Range, b: Range): boolean {
  return a.start.line === b.start.line && a.start.column === b.start.column;
}
