import { composeImage } from "../../core/image/compose.ts";
import { followUpsOf, type LaunchProblem, problemOf, queriesOf } from "../../core/job/launch-files.ts";
import { plannedProblems } from "../../core/job/launch-files-planned.ts";
import type { JobModel } from "../../core/job/model.ts";
import { placeAt } from "../../core/job/request.ts";

import { type Composers, defineRule, type Report, type Skip } from "../../core/rule.ts";

const messages = {
  missing: ({ path, where }: { path: string; where: string }) => ({
    message: `${path} is not in the image (${where}): the job fails at its start.`,
    help: "Correct the path, COPY the file into the image, or bring it by a channel.",
  }),
  notExecutable: ({ path, mode }: { path: string; mode: string }) => ({
    message: `${path} has no execute permission (mode ${mode}): the container does not start (permission denied).`,
    help: 'Set the execute bit (COPY --chmod=755), or start it by its interpreter: ["/bin/sh", PATH].',
  }),
  noShebang: ({ path }: { path: string }) => ({
    message: `${path} is a text file without a shebang line: the container does not start (exec format error).`,
    help: "Begin it with a line such as #!/bin/sh, or start it by its interpreter.",
  }),
  carriageReturn: ({ path }: { path: string }) => ({
    message: `${path} has Windows line endings, so its interpreter ends in a carriage return and is not found: the container does not start.`,
    help: "Save the file with LF line endings, and set *.sh text eol=lf in .gitattributes.",
  }),
  noInterpreter: ({ path, interpreter }: { path: string; interpreter: string }) => ({
    message: `${path} asks for ${interpreter}, which is not in the image: the container does not start (no such file or directory).`,
    help: "Install the interpreter, or name one that the image has.",
  }),
  reserved: ({ path }: { path: string }) => ({
    message: `${path} lies below /opt/ml, which SageMaker reserves: it may not be visible during training.`,
    help: "Put the program into a folder of its own, such as /opt/program.",
  }),
};

function reportOf(job: JobModel, problem: LaunchProblem, say: Composers<typeof messages>): Report | Skip {
  const at = placeAt(job, problem.pointer);
  switch (problem.kind) {
    case "missing":
      return { ...say.missing(problem), at };
    case "not-executable":
      return { ...say.notExecutable(problem), at };
    case "no-shebang":
      return { ...say.noShebang(problem), at };
    case "carriage-return":
      return { ...say.carriageReturn(problem), at };
    case "no-interpreter":
      return { ...say.noInterpreter(problem), at };
    case "reserved":
      return { ...say.reserved(problem), at, severity: "warning" };
    case "not-read":
      return { skip: `${problem.path} is not known, or was not looked for in the image` };
  }
}

export const launchFileInImage = defineRule({
  id: "TL622",
  name: "launch-file-in-image",
  summary: "A program or script of the request that the image does not have, or can not run",
  rationale:
    "ContainerEntrypoint and ContainerArguments name files of the container. What is neither in the image nor brought by a channel is missing, and the job fails at its start. A file that is started itself needs the execute permission and a shebang line whose interpreter is in the image; a file that an interpreter reads needs neither.",
  refs: [
    {
      title: "How Amazon SageMaker runs your training image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
  ],
  severity: "error",
  precision: "high",
  options: {},
  needs: { depth: "files", queries: queriesOf, followUps: followUpsOf },
  messages,
  check: {
    *"job+image"({ job, image }, { messages }) {
      for (const problem of problemOf(job, image)) yield reportOf(job, problem, messages);
    },
    *"job+dockerfile"({ job, dockerfile }, { messages }) {
      for (const problem of plannedProblems(job, dockerfile)) yield reportOf(job, problem, messages);
    },
  },
  examples: [
    {
      title: "A script that an interpreter reads",
      image: composeImage({
        files: {
          "/bin/sh": { text: "\u007FELF\u0000", mode: 0o755 },
          "/app/run.sh": { text: "echo", mode: 0o644 },
        },
      }),
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/app/run.sh"]\n  }\n}\n',
    },
    {
      title: "A script that a channel brings",
      image: composeImage({ files: { "/bin/sh": { text: "\u007FELF\u0000", mode: 0o755 } } }),
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/code/run.sh"]\n  }\n}\n',
    },
    {
      title: "A script that is not there",
      image: composeImage({ files: { "/bin/sh": { text: "\u007FELF\u0000", mode: 0o755 } } }),
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/app/run.sh"]\n  }\n}\n',
      findings: [
        {
          messageId: "missing",
          message: "/app/run.sh is not in the image (looked for at /app/run.sh): the job fails at its start.",
          at: "4:28-4:41",
        },
      ],
    },
    {
      title: "A program that is not on PATH",
      image: composeImage({ files: { "/app/run.py": "print()" } }),
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["python"],\n    "ContainerArguments": ["/app/run.py"]\n  }\n}\n',
      findings: [
        {
          messageId: "missing",
          message:
            "python is not in the image (PATH is /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin): the job fails at its start.",
          at: "3:29-3:37",
        },
      ],
    },
    {
      title: "No execute permission",
      image: composeImage({
        files: {
          "/bin/sh": { text: "\u007FELF\u0000", mode: 0o755 },
          "/app/run.sh": { text: "#!/bin/sh\n", mode: 0o644 },
        },
      }),
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/app/run.sh"],\n    "ContainerArguments": ["train"]\n  }\n}\n',
      findings: [
        {
          messageId: "notExecutable",
          message:
            "/app/run.sh has no execute permission (mode 0644): the container does not start (permission denied).",
          at: "3:29-3:42",
        },
      ],
    },
    {
      title: "No shebang line",
      image: composeImage({ files: { "/app/run.sh": "echo" } }),
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/app/run.sh"],\n    "ContainerArguments": ["train"]\n  }\n}\n',
      findings: [
        {
          messageId: "noShebang",
          message:
            "/app/run.sh is a text file without a shebang line: the container does not start (exec format error).",
          at: "3:29-3:42",
        },
      ],
    },
    {
      title: "Windows line endings",
      image: composeImage({
        files: {
          "/bin/sh": { text: "\u007FELF\u0000", mode: 0o755 },
          "/app/run.sh": "#!/bin/sh\r\necho\r\n",
        },
      }),
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/app/run.sh"],\n    "ContainerArguments": ["train"]\n  }\n}\n',
      findings: [
        {
          messageId: "carriageReturn",
          message:
            "/app/run.sh has Windows line endings, so its interpreter ends in a carriage return and is not found: the container does not start.",
          at: "3:29-3:42",
        },
      ],
    },
    {
      title: "An interpreter that is not there",
      image: composeImage({
        files: { "/bin/sh": { text: "\u007FELF\u0000", mode: 0o755 }, "/app/run.sh": "#!/bin/bash\necho\n" },
      }),
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/app/run.sh"],\n    "ContainerArguments": ["train"]\n  }\n}\n',
      findings: [
        {
          messageId: "noInterpreter",
          message:
            "/app/run.sh asks for /bin/bash, which is not in the image: the container does not start (no such file or directory).",
          at: "3:29-3:42",
        },
      ],
    },
    {
      title: "A file of the build context without execute permission",
      dockerfile: "FROM python:3.12\nCOPY run.sh /mydir/\n",
      files: { "run.sh": { text: "#!/bin/sh\n", mode: 0o644 } },
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/mydir/run.sh"],\n    "ContainerArguments": ["train"]\n  }\n}\n',
      findings: [
        {
          messageId: "notExecutable",
          message:
            "/mydir/run.sh has no execute permission (mode 0644): the container does not start (permission denied).",
          at: "3:29-3:44",
        },
      ],
    },
    {
      title: "A script that the Dockerfile puts elsewhere",
      dockerfile: "FROM python:3.12\nCOPY run.sh /mydir/\n",
      files: { "run.sh": { text: "#!/bin/sh\n", mode: 0o644 } },
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/mydir/other.sh"]\n  }\n}\n',
      findings: [
        {
          messageId: "missing",
          message:
            "/mydir/other.sh is not in the image (nothing in Dockerfile puts it there): the job fails at its start.",
          at: "4:28-4:45",
        },
      ],
    },
    {
      title: "What a base image has is not known in full",
      dockerfile: "FROM my-base:1\nCOPY run.sh /mydir/\n",
      files: { "run.sh": { text: "#!/bin/sh\n", mode: 0o644 } },
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/mydir/other.sh"]\n  }\n}\n',
    },
    {
      title: "A program below /opt/ml",
      image: composeImage({
        files: { "/bin/sh": { text: "\u007FELF\u0000", mode: 0o755 }, "/opt/ml/code/run.sh": "echo" },
      }),
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/code/run.sh"]\n  }\n}\n',
      findings: [
        {
          messageId: "reserved",
          severity: "warning",
          message:
            "/opt/ml/code/run.sh lies below /opt/ml, which SageMaker reserves: it may not be visible during training.",
          at: "4:28-4:49",
        },
      ],
    },
  ],
});
