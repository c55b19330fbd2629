import type { DockerfileModel } from "../../core/dockerfile/model.ts";
import { initByName } from "../../core/entrypoint/init.ts";
import { trainIn } from "../../core/entrypoint/train-command.ts";
import { inText } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { findCommand, pathFolders } from "../../core/image/lookup.ts";
import { defineRule } from "../../core/rule.ts";

/** TL103: something must answer `docker run IMAGE train`. */
export const trainCommandMissing = defineRule({
  id: "TL103",
  name: "train-command-missing",
  summary: "nothing would answer `docker run IMAGE train`: no ENTRYPOINT, and no executable `train` on PATH",
  rationale: `SageMaker runs \`docker run IMAGE train\`; CMD is dropped. Without an ENTRYPOINT the engine looks for an
executable called \`train\` on PATH. When there is none, the job fails after the queue and the image pull with
\`exec: "train": executable file not found in $PATH\`, wrapped in a misleading "Artifact upload failed".

On a Dockerfile it is reported where the base image is known to bring neither and nothing in the file puts a
\`train\` on PATH. A folder of the build context that is copied onto PATH may hold one, and a list of packages may
bring the training toolkit where the file shows that it is meant: then the rule is skipped, and \`trainlint image\`
tells. On a built image it is certain.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    { title: "The error as users see it", url: "https://github.com/aws/sagemaker-python-sdk/issues/4191" },
  ],
  severity: "error",
  precision: "very-high",
  assumes: ["entrypoint", "train"],
  options: {},
  needs: {
    depth: "files",
    queries: (config) => {
      if ((config.Entrypoint ?? []).length > 0) return [];
      const path = config.Env.findLast((entry) => entry.startsWith("PATH="))?.slice(5);
      const folders = (path ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").split(":");
      return folders.map((folder) => ({ kind: "path", path: `${folder}/train`, head: 4096 }));
    },
  },
  messages: {
    absent: ({ base }: { base: string }) => ({
      message: `There is no ENTRYPOINT and no program called "train" on PATH (${base} brings neither): SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.`,
      help: 'Add an ENTRYPOINT in exec form, such as ENTRYPOINT ["python", "/opt/program/train.py"], or COPY an executable called train into a folder of PATH.',
    }),
    passedOn: ({ base }: { base: string }) => ({
      message: `The ENTRYPOINT of ${base}, where it has one, only runs its arguments, and there is no program called "train" on PATH: SageMaker runs "docker run IMAGE train", and the job fails because train is not found.`,
      help: 'Add an ENTRYPOINT in exec form, such as ENTRYPOINT ["python", "/opt/program/train.py"], or COPY an executable called train into a folder of PATH.',
    }),
    notSeen: ({ base, unseen }: { base: string; unseen: string }) => ({
      message: `There is no ENTRYPOINT, and nothing in this file puts a program called "train" on PATH (${base} brings neither; ${unseen}, which was not seen into): SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.`,
      help: "Add an ENTRYPOINT in exec form, or make sure with `trainlint image IMAGE` that the image has a train program.",
    }),
    notOnPath: ({ path }: { path: string }) => ({
      message: `The image has no ENTRYPOINT and no program called "train" on PATH (${path}): SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.`,
      help: "Add an ENTRYPOINT in exec form, or put an executable called train into a folder of PATH.",
    }),
    notExecutable: ({ path, mode }: { path: string; mode: string }) => ({
      message: `${path} has no execute permission (mode ${mode}): SageMaker runs "docker run IMAGE train", and the container does not start: permission denied.`,
      help: `Set the execute bit: COPY --chmod=755, or RUN chmod +x ${path}.`,
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      const { entrypoint } = dockerfile.config;
      if (entrypoint.known && entrypoint.value !== null && !runsItsArguments(dockerfile)) return;
      const train = trainIn(dockerfile);
      if (train.presence === "present") return;
      const image = dockerfile.base.kind === "image" ? dockerfile.base : null;
      const base = image?.reference ?? dockerfile.base.kind;
      const bringsNone = dockerfile.base.kind === "scratch" || image?.known?.train === "absent";
      if (!bringsNone || (!entrypoint.known && !runsItsArguments(dockerfile))) {
        yield { skip: `the base image ${base} may bring an ENTRYPOINT or a train program` };
        return;
      }
      if (train.presence === "unknown") {
        yield { skip: `there may be a train program on PATH: ${train.because}` };
        return;
      }
      const at = inText(dockerfile.path, dockerfile.target.from.range);
      const { unseen } = train;
      const known = image?.known;
      const source = known === null || known === undefined ? {} : { source: known.source, asOf: known.asOf };
      const evidence = { base, ...(unseen === null ? {} : { unseen }), ...source };
      if (unseen !== null) yield { ...messages.notSeen({ base, unseen }), at, evidence };
      else if (entrypoint.known && entrypoint.value === null)
        yield { ...messages.absent({ base }), at, evidence };
      else yield { ...messages.passedOn({ base }), at, evidence };
    },
    *image(image, { messages }) {
      if ((image.config.Entrypoint ?? []).length > 0) return;
      const { executable, notExecutable } = findCommand(image, "train");
      if (executable !== null) return;
      if (notExecutable !== null) {
        const { entry } = notExecutable;
        yield {
          ...messages.notExecutable({ path: entry.path, mode: entry.mode.toString(8).padStart(4, "0") }),
          at: {
            kind: "image-file",
            image: image.name,
            layer: entry.layer,
            path: entry.path,
            instruction: null,
          },
          evidence: { mode: entry.mode.toString(8) },
        };
        return;
      }
      yield {
        ...messages.notOnPath({ path: pathFolders(image.config).join(":") }),
        at: { kind: "image-config", image: image.name, pointer: "/config/Entrypoint" },
        evidence: { path: pathFolders(image.config) },
      };
    },
  },
  examples: [
    { title: "An ENTRYPOINT answers", dockerfile: 'FROM ubuntu:22.04\nENTRYPOINT ["/opt/program/run"]\n' },
    {
      title: "A train program on PATH answers",
      dockerfile: "FROM python:3.12\nCOPY train /usr/local/bin/train\n",
    },
    {
      title: "A folder of one's own on PATH",
      dockerfile: 'FROM python:3.12\nENV PATH="/opt/program:${PATH}"\nCOPY train.py /opt/program/train\n',
    },
    {
      title: "The training toolkit brings train",
      dockerfile: "FROM python:3.12\nRUN pip install sagemaker-training\n",
    },
    { title: "An unknown base may bring one", dockerfile: "FROM registry.example.com/team/base:1\n" },
    {
      title: "Only a CMD, which SageMaker drops",
      dockerfile: 'FROM python:3.12\nCOPY train.py /app/\nCMD ["python", "/app/train.py"]\n',
      findings: [
        {
          messageId: "absent",
          severity: "error",
          message:
            'There is no ENTRYPOINT and no program called "train" on PATH (python:3.12 brings neither): SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.',
          at: "1:1-1:17",
        },
      ],
    },
    {
      title: "A CUDA image's entrypoint only runs its arguments",
      dockerfile: 'FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nCMD ["python3", "/app/train.py"]\n',
      findings: [
        {
          messageId: "passedOn",
          severity: "error",
          message:
            'The ENTRYPOINT of nvidia/cuda:12.4.1-runtime-ubuntu22.04, where it has one, only runs its arguments, and there is no program called "train" on PATH: SageMaker runs "docker run IMAGE train", and the job fails because train is not found.',
          at: "1:1-1:44",
        },
      ],
    },
    {
      title: "A folder of one's own on PATH may hold it",
      dockerfile:
        'FROM python:3.12\nENV PATH="/opt/program:${PATH}"\nCOPY program /opt/program\nWORKDIR /opt/program\n',
    },
    {
      title: "The toolkit is meant, and a list of packages may bring it",
      dockerfile:
        "FROM python:3.12\nCOPY requirements.txt /tmp/\nRUN pip install -r /tmp/requirements.txt\nENV SAGEMAKER_PROGRAM=train.py\n",
    },
    {
      title: "A list of packages in an image that shows nothing of SageMaker",
      dockerfile:
        'FROM python:3.12\nCOPY requirements.txt /tmp/\nRUN pip install -r /tmp/requirements.txt\nCMD ["python", "app.py"]\n',
      findings: [
        {
          messageId: "notSeen",
          severity: "error",
          message:
            'There is no ENTRYPOINT, and nothing in this file puts a program called "train" on PATH (python:3.12 brings neither; pip installs /tmp/requirements.txt, which was not seen into): SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.',
          at: "1:1-1:17",
        },
      ],
    },
    {
      title: "An image without either",
      image: composeImage({
        config: { Env: ["PATH=/usr/bin:/bin"] },
        files: { "/opt/program/train": "#!/bin/sh\n" },
      }),
      findings: [
        {
          messageId: "notOnPath",
          message:
            'The image has no ENTRYPOINT and no program called "train" on PATH (/usr/bin:/bin): SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.',
          at: "/config/Entrypoint",
        },
      ],
    },
    {
      title: "A train program without execute permission",
      image: composeImage({ files: { "/usr/local/bin/train": { text: "#!/bin/sh\n", mode: 0o644 } } }),
      findings: [
        {
          messageId: "notExecutable",
          message:
            '/usr/local/bin/train has no execute permission (mode 0644): SageMaker runs "docker run IMAGE train", and the container does not start: permission denied.',
          at: "/usr/local/bin/train",
        },
      ],
    },
  ],
});

/** Whether the ENTRYPOINT is the base image's and only runs its arguments; tini is another rule's (TL102). */
function runsItsArguments({ base, config }: DockerfileModel): boolean {
  const { entrypoint } = config;
  if (entrypoint.instruction !== null || base.kind !== "image" || base.known?.runsArguments !== true)
    return false;
  return !entrypoint.known || initByName(entrypoint.value?.argv[0] ?? "") !== "tini";
}
