import type { DockerfileModel } from "../../core/dockerfile/model.ts";
import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { trainInImage } from "../../core/entrypoint/image-train.ts";
import { initByName } from "../../core/entrypoint/init.ts";
import { trainIn } from "../../core/entrypoint/train-command.ts";
import { inText, type Location } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { pathFolders } from "../../core/image/lookup.ts";
import type { FileEntry, ImageConfig, ImageModel } from "../../core/image/model.ts";
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
  needs: needsOf((image, files) => isBare(image.config) && trainInImage(image, files)),
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
    passedOnNotSeen: ({ base, unseen }: { base: string; unseen: string }) => ({
      message: `The ENTRYPOINT of ${base}, where it has one, only runs its arguments, and nothing in this file puts a program called "train" on PATH (${unseen}, which was not seen into): SageMaker runs "docker run IMAGE train", and the job fails because train is not found.`,
      help: "Add an ENTRYPOINT in exec form, or make sure with `trainlint image IMAGE` that the image has a train program.",
    }),
    notOnPath: ({ path }: { path: string }) => ({
      message: `The image has no ENTRYPOINT and no program called "train" on PATH (${path}): SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.`,
      help: "Add an ENTRYPOINT in exec form, or put an executable called train into a folder of PATH.",
    }),
    notExecutable: ({ path, mode }: { path: string; mode: string }) => ({
      message: `${path} has no execute permission (mode ${mode}), so the engine passes it over: SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.`,
      help: `Set the execute bit: COPY --chmod=755, or RUN chmod +x ${path}.`,
    }),
    notPermitted: ({ path, mode, user }: { path: string; mode: string; user: string }) => ({
      message: `${path} may not be executed by the user of the image, ${user} (mode ${mode}): SageMaker runs "docker run IMAGE train", and the container does not start: permission denied.`,
      help: `RUN chmod 755 ${path}, or COPY it with --chmod=755.`,
    }),
    closedFolder: ({ path, folder, user }: { path: string; folder: string; user: string }) => ({
      message: `${path} can't be reached by the user of the image, ${user}, who may not enter ${folder}: SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.`,
      help: `Put train into a folder that everybody may enter, such as /usr/local/bin, or RUN chmod 755 ${folder}.`,
    }),
    dangling: ({ path, target }: { path: string; target: string }) => ({
      message: `${path} is a link to ${target}, which the image does not have: SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.`,
      help: "Let the link lead to the program, or put the program itself there.",
    }),
    elsewhere: ({ path, folders }: { path: string; folders: string }) => ({
      message: `There is a ${path}, but its folder is not on PATH (${folders}), and the image has no ENTRYPOINT: SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.`,
      help: `Add ENV PATH="${path.slice(0, -"/train".length) || "/"}:$PATH", or an ENTRYPOINT in exec form.`,
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
      const hasNone = entrypoint.known && entrypoint.value === null;
      if (unseen === null)
        yield { ...(hasNone ? messages.absent({ base }) : messages.passedOn({ base })), at, evidence };
      else {
        const args = { base, unseen };
        yield { ...(hasNone ? messages.notSeen(args) : messages.passedOnNotSeen(args)), at, evidence };
      }
    },
    *image(image, { messages }) {
      if (!isBare(image.config)) return;
      const train = trainInImage(image, imageFiles(image));
      const at = { kind: "image-config", image: image.name, pointer: "/config/Entrypoint" } as const;
      const folders = pathFolders(image.config).join(":");
      const user = image.config.User;
      switch (train.kind) {
        case "runs":
          return;
        case "absent":
          yield { ...messages.notOnPath({ path: folders }), at, evidence: { path: folders.split(":") } };
          return;
        case "elsewhere": {
          const { path } = train.entry;
          yield { ...messages.elsewhere({ path, folders }), at, evidence: { found: path } };
          return;
        }
        case "dangling": {
          const { path, linkTarget } = train.link;
          const target = linkTarget ?? "";
          yield {
            ...messages.dangling({ path, target }),
            at: fileAt(image, train.link),
            evidence: { target },
          };
          return;
        }
        case "closed-folder": {
          const { folder, entry } = train;
          const composed = messages.closedFolder({ path: entry.path, folder, user });
          yield { ...composed, at: fileAt(image, entry), evidence: { folder } };
          return;
        }
        default: {
          const { path } = train.entry;
          const mode = train.entry.mode.toString(8);
          const shown = mode.padStart(4, "0");
          const composed =
            train.kind === "not-executable"
              ? messages.notExecutable({ path, mode: shown })
              : messages.notPermitted({ path, mode: shown, user });
          yield { ...composed, at: fileAt(image, train.entry), evidence: { mode } };
        }
      }
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
      title: "A list of packages, and an entrypoint script of the base that only runs its arguments",
      dockerfile:
        "FROM mambaorg/micromamba:2.1.0\nCOPY env.yaml /tmp/\nRUN micromamba install -y -f /tmp/env.yaml\n",
      findings: [
        {
          messageId: "passedOnNotSeen",
          severity: "error",
          message:
            'The ENTRYPOINT of mambaorg/micromamba:2.1.0, where it has one, only runs its arguments, and nothing in this file puts a program called "train" on PATH (conda installs /tmp/env.yaml, which was not seen into): SageMaker runs "docker run IMAGE train", and the job fails because train is not found.',
          at: "1:1-1:31",
        },
      ],
    },
    {
      title: "An image without either",
      image: composeImage({
        config: { Env: ["PATH=/usr/bin:/bin"] },
        files: { "/opt/train": "#!/bin/sh\n" },
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
            '/usr/local/bin/train has no execute permission (mode 0644), so the engine passes it over: SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.',
          at: "/usr/local/bin/train",
        },
      ],
    },
    {
      title: "A train program for its owner alone",
      image: composeImage({
        config: { User: "1000" },
        files: { "/usr/local/bin/train": { text: "#!/bin/sh\n", mode: 0o700 } },
      }),
      findings: [
        {
          messageId: "notPermitted",
          message:
            '/usr/local/bin/train may not be executed by the user of the image, 1000 (mode 0700): SageMaker runs "docker run IMAGE train", and the container does not start: permission denied.',
          at: "/usr/local/bin/train",
        },
      ],
    },
    {
      title: "A train program in root's home",
      image: composeImage({
        config: { User: "1000", Env: ["PATH=/root/bin:/usr/bin"] },
        files: { "/root": { type: "directory", mode: 0o700 }, "/root/bin/train": "#!/bin/sh\n" },
      }),
      findings: [
        {
          messageId: "closedFolder",
          message:
            '/root/bin/train can\'t be reached by the user of the image, 1000, who may not enter /root: SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.',
          at: "/root/bin/train",
        },
      ],
    },
    {
      title: "A link that leads nowhere",
      image: composeImage({ files: { "/usr/local/bin/train": { link: "/opt/program/train.py" } } }),
      findings: [
        {
          messageId: "dangling",
          message:
            '/usr/local/bin/train is a link to /opt/program/train.py, which the image does not have: SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.',
          at: "/usr/local/bin/train",
        },
      ],
    },
    {
      title: "A train program in the working folder",
      image: composeImage({
        config: { WorkingDir: "/opt/program", Env: ["PATH=/usr/bin:/bin"] },
        files: { "/opt/program/train": "#!/bin/sh\n" },
      }),
      findings: [
        {
          messageId: "elsewhere",
          message:
            'There is a /opt/program/train, but its folder is not on PATH (/usr/bin:/bin), and the image has no ENTRYPOINT: SageMaker runs "docker run IMAGE train", and the job fails with: exec: "train": executable file not found in $PATH.',
          at: "/config/Entrypoint",
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

/** Whether SageMaker's `train` is the program: there is no ENTRYPOINT. */
function isBare({ Entrypoint }: ImageConfig): boolean {
  return (Entrypoint ?? []).length === 0;
}

function fileAt(image: ImageModel, { layer, path }: FileEntry): Location {
  return { kind: "image-file", image: image.name, layer, path, instruction: null };
}
