import type { DockerfileModel } from "../../core/dockerfile/model.ts";
import { inText } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { headText, resolvePath } from "../../core/image/lookup.ts";
import { baseName } from "../../core/paths.ts";
import { isMadeRoot, isRoot, userNumber, userPart } from "../../core/root-user.ts";
import { defineRule } from "../../core/rule.ts";

const PASSWD = "/etc/passwd";

const HELP =
  "Set USER root at the end of the Dockerfile. To drop rights all the same, start as root, chown what the program needs below /opt/ml, and become the user with `exec gosu` or `exec setpriv`.";

/** TL402: the folders that SageMaker mounts belong to root. */
export const userCanWrite = defineRule({
  id: "TL402",
  name: "user-can-write",
  summary: "a USER other than root, who may not be able to write to the folders that SageMaker mounts",
  rationale: `SageMaker mounts the folders of \`/opt/ml\` into the container. A folder that belongs to root with the usual
rights can't be written by another user: the program trains, and fails with \`PermissionError\` when it saves to
\`/opt/ml/model\`. A \`chown\` in the Dockerfile does not help, since the mount hides what the image has there. That the
folders are not writable for other users has been reported of the service, not documented by AWS.

The user is often inherited: the Jupyter, Ray and RAPIDS images end with one.`,
  refs: [
    {
      title: "Volumes that a non-root user can't write",
      url: "https://github.com/aws/sagemaker-python-sdk/issues/4764",
    },
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
  ],
  severity: "warning",
  precision: "medium",
  options: {},
  needs: {
    depth: "files",
    queries: (config) =>
      isRoot(userPart(config.User)) ? [] : [{ kind: "path", path: PASSWD, head: 65_536 }],
  },
  messages: {
    notRoot: ({ user }: { user: string }) => ({
      message: `The container runs as ${user}, not as root: the folders that SageMaker mounts under /opt/ml belong to root, so saving to /opt/ml/model may fail with a permission error at the end of the training.`,
      help: HELP,
    }),
    inherited: ({ user, reference }: { user: string; reference: string }) => ({
      message: `The container runs as ${user}, the user of ${reference}, not as root: the folders that SageMaker mounts under /opt/ml belong to root, so saving to /opt/ml/model may fail with a permission error at the end of the training.`,
      help: HELP,
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      const { user } = dockerfile.config;
      if (!user.known) return;
      const name = userPart(user.value);
      if (isRoot(name) || isMadeRoot(dockerfile, name) || startsWithSudo(dockerfile)) return;
      const { base, target } = dockerfile;
      if (user.instruction !== null) {
        const at = inText(dockerfile.path, user.instruction.range);
        yield { ...messages.notRoot({ user: user.value }), at, evidence: { user: user.value } };
      } else if (base.kind === "image") {
        const known = base.known;
        yield {
          ...messages.inherited({ user: user.value, reference: base.reference }),
          at: inText(dockerfile.path, target.from.range),
          evidence: {
            user: user.value,
            ...(known === null ? {} : { source: known.source, asOf: known.asOf }),
          },
        };
      }
    },
    *image(image, { messages }) {
      const { User: user, Entrypoint: argv } = image.config;
      const name = userPart(user);
      if (isRoot(name) || baseName(argv?.[0] ?? "") === "sudo") return;
      const passwd = resolvePath(image.files, PASSWD);
      if (passwd !== null && userNumber(headText(passwd.entry) ?? "", name) === 0) return;
      yield {
        ...messages.notRoot({ user }),
        at: { kind: "image-config", image: image.name, pointer: "/config/User" },
        evidence: { user },
      };
    },
  },
  examples: [
    {
      title: "Nobody said, so it is root",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "/opt/train.py"]\n',
    },
    {
      title: "Back to root at the end",
      dockerfile:
        'FROM python:3.12\nUSER app\nRUN pip install --user numpy\nUSER 0:0\nENTRYPOINT ["python", "/opt/train.py"]\n',
    },
    {
      title: "An unknown base may have any user",
      dockerfile: 'FROM registry.example.com/team/base:1\nENTRYPOINT ["python", "/opt/train.py"]\n',
    },
    {
      title: "Another name of root",
      dockerfile:
        'FROM python:3.12\nRUN useradd -o -u 0 boss\nUSER boss\nENTRYPOINT ["python", "/opt/train.py"]\n',
    },
    {
      title: "A user of one's own",
      dockerfile:
        'FROM python:3.12\nRUN useradd -m app && chown -R app /opt/ml\nUSER app:app\nENTRYPOINT ["python", "/opt/train.py"]\n',
      findings: [
        {
          messageId: "notRoot",
          severity: "warning",
          message:
            "The container runs as app:app, not as root: the folders that SageMaker mounts under /opt/ml belong to root, so saving to /opt/ml/model may fail with a permission error at the end of the training.",
          at: "3:1-3:13",
        },
      ],
    },
    {
      title: "The user of the base image",
      dockerfile: 'FROM rayproject/ray:2.9.0\nCOPY train.py /opt/\nENTRYPOINT ["python", "/opt/train.py"]\n',
      findings: [
        {
          messageId: "inherited",
          message:
            "The container runs as 1000, the user of rayproject/ray:2.9.0, not as root: the folders that SageMaker mounts under /opt/ml belong to root, so saving to /opt/ml/model may fail with a permission error at the end of the training.",
          at: "1:1-1:26",
        },
      ],
    },
    {
      title: "A built image with a user",
      image: composeImage({
        config: { User: "app", Entrypoint: ["python", "/opt/train.py"] },
        files: { "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n" },
      }),
      findings: [
        {
          messageId: "notRoot",
          message:
            "The container runs as app, not as root: the folders that SageMaker mounts under /opt/ml belong to root, so saving to /opt/ml/model may fail with a permission error at the end of the training.",
          at: "/config/User",
        },
      ],
    },
    {
      title: "A built image whose user has the number 0",
      image: composeImage({
        config: { User: "boss", Entrypoint: ["python", "/opt/train.py"] },
        files: { "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nboss:x:0:0::/root:/bin/sh\n" },
      }),
    },
  ],
});

/** The ENTRYPOINT gets its rights back. */
function startsWithSudo({ config }: DockerfileModel): boolean {
  const { entrypoint } = config;
  if (!entrypoint.known || entrypoint.value === null) return false;
  return entrypoint.value.argv.slice(0, 3).some((word) => /^(?:\S*\/)?sudo(?:\s|$)/.test(word));
}
