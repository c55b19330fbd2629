import type { DockerfileModel } from "../../core/dockerfile/model.ts";
import { type PlannedFailure, plannedFailure } from "../../core/entrypoint/dockerfile-load.ts";
import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { type FailedLoad, imageLoad } from "../../core/entrypoint/image-load.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { placeInDockerfile, placeInImage } from "../../core/entrypoint/places.ts";
import { inText } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import type { ImageModel } from "../../core/image/model.ts";
import { type Composers, defineRule } from "../../core/rule.ts";

const messages = {
  notExecutable: ({ path, mode, said }: { path: string; mode: string; said: string }) => ({
    message: `${path} has no execute permission (mode ${mode}): the container does not start: ${said}.`,
    help: `COPY it with --chmod=755, or RUN chmod +x ${path}.`,
  }),
  notPermitted: ({ path, mode, user }: { path: string; mode: string; user: string }) => ({
    message: `${path} may not be executed by the user of the image, ${user} (mode ${mode}): the container does not start: permission denied.`,
    help: `RUN chmod 755 ${path}, or COPY it with --chmod=755.`,
  }),
  closedFolder: ({ path, folder, user }: { path: string; folder: string; user: string }) => ({
    message: `${path} can't be reached by the user of the image, ${user}, who may not enter ${folder}: the container does not start: permission denied.`,
    help: `Put the program into a folder that everybody may enter, such as /opt/program, or RUN chmod 755 ${folder}.`,
  }),
  carriageReturn: ({ path, interpreter, said }: { path: string; interpreter: string; said: string }) => ({
    message: `${path} has Windows line endings: its first line asks for "${interpreter}\\r", and the container ends at once with "${said}", although the file is there.`,
    help: `Save it with LF line endings (in .gitattributes: *.sh text eol=lf), or convert it in the build: RUN sed -i 's/\\r$//' ${path}.`,
  }),
  returnsInShell: ({ path, shell }: { path: string; shell: string }) => ({
    message: `${path} has Windows line endings: ${shell} takes the carriage return for a part of the last word of each line, so that options, file names and keywords such as "fi" are not understood.`,
    help: `Save it with LF line endings (in .gitattributes: *.sh text eol=lf), or convert it in the build: RUN sed -i 's/\\r$//' ${path}.`,
  }),
  byteOrderMark: ({ path }: { path: string }) => ({
    message: `${path} begins with a byte order mark, so the kernel does not see its #! line: the container ends at once with "exec format error".`,
    help: "Save it as UTF-8 without a byte order mark.",
  }),
  blankBefore: ({ path }: { path: string }) => ({
    message: `${path} has blanks or empty lines in front of its #! line, so the kernel does not see it: the container ends at once with "exec format error".`,
    help: "Make #! the first two characters of the file.",
  }),
  noShebang: ({ path }: { path: string }) => ({
    message: `${path} has no #! line, and in exec form nothing tells which shell shall read it: the container ends at once with "exec format error".`,
    help: `Begin it with #!/bin/sh, or name the shell: ENTRYPOINT ["sh", "${path}"].`,
  }),
  empty: ({ path }: { path: string }) => ({
    message: `${path} is empty: the container ends at once with "exec format error".`,
    help: "See whether the right file was copied.",
  }),
  envArguments: ({ path, argument }: { path: string; argument: string }) => ({
    message: `The #! line of ${path} gives env "${argument}" as one word, since the kernel does not split it: env finds no program of that name, and the job fails with exit code 127.`,
    help: `Use env -S: #!/usr/bin/env -S ${argument}.`,
  }),
  noInterpreter: ({ path, interpreter }: { path: string; interpreter: string }) => ({
    message: `${path} is to be run by ${interpreter}, which the image does not have: the container ends at once with "no such file or directory", although the script is there.`,
    help: `Install ${interpreter}, or name an interpreter in the #! line that the image has, such as /bin/sh.`,
  }),
  noInterpreterSeen: ({ path, interpreter, base }: { path: string; interpreter: string; base: string }) => ({
    message: `${path} is to be run by ${interpreter}, which ${base} does not have and no instruction installs by its name: unless another package brings it, the container ends at once with "no such file or directory".`,
    help: `Install ${interpreter}, or name an interpreter in the #! line that the image has, such as /bin/sh.`,
  }),
  noEnvProgram: ({ path, program }: { path: string; program: string }) => ({
    message: `${path} is to be run by "${program}", which is not in any folder of PATH: env fails with "No such file or directory", and the job with exit code 127.`,
    help: `Install ${program}, set PATH with ENV, or name the interpreter's path in the #! line.`,
  }),
  noLoader: ({ path, loader }: { path: string; loader: string }) => ({
    message: `${path} is a program that needs the loader ${loader}, which the image does not have: the container ends at once with "no such file or directory", although the program is there.`,
    help: "It was built for another C library (glibc or musl): build it in the same distribution as the image, or link it statically.",
  }),
  wrongMachine: ({
    path,
    machine,
    architecture,
  }: {
    path: string;
    machine: string;
    architecture: string;
  }) => ({
    message: `${path} is a program for ${machine} in an image for ${architecture}: the container ends at once with "exec format error".`,
    help: `Copy or build the program for ${architecture}.`,
  }),
  noProgram: ({ path }: { path: string }) => ({
    message: `${path} is neither a Linux program nor a script: the container ends at once with "exec format error".`,
    help: "See whether the right file was copied, built for Linux.",
  }),
};

/** TL106: what is started must be something that the kernel can start. */
export const entrypointScriptRuns = defineRule({
  id: "TL106",
  name: "entrypoint-script-runs",
  summary:
    "an entrypoint that can't be started: line endings, #! line, execute permission, interpreter, loader, architecture",
  rationale: `The file is there, and the container dies at once all the same, with one of three texts that name no cause:

- \`permission denied\` (or \`executable file not found in $PATH\`, for a name without a folder): the execute bit is missing. It is lost in a checkout on Windows, in an upload of single files, and
  in a here-document of COPY (mode 0644). A user that is not root needs it too, and must be able to enter every folder above.
- \`no such file or directory\`: the interpreter of the #! line or the loader of the program is missing. With Windows line
  endings the first line asks for \`/bin/bash\\r\`.
- \`exec format error\`: there is no #! line at the very first byte (a byte order mark or an empty line is enough), or the
  program is for another architecture.

SageMaker shows it after the queue and the image pull, as \`AlgorithmError: Exit Code: 127\` or wrapped in a misleading
"Artifact upload failed". A script that is given to a shell (\`["bash", "/run.sh"]\`) needs neither a #! line nor the execute
bit. Where a RUN converts the file (\`dos2unix\`, \`sed -i\`) or changes permissions in a way that can't be followed, nothing is
reported.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    { title: "execve(2)", url: "https://man7.org/linux/man-pages/man2/execve.2.html" },
    {
      title: "Carriage returns as users meet them",
      url: "https://github.com/aws/amazon-sagemaker-examples/issues/571",
    },
  ],
  severity: "error",
  precision: "very-high",
  assumes: ["entrypoint"],
  options: {},
  needs: needsOf((image, files) => imageLoad(image, files, null)),
  messages,
  check: {
    *dockerfile(dockerfile, { messages }) {
      const failure = plannedFailure(dockerfile);
      if (failure === null) return;
      const certain = failure.problem.kind !== "no-interpreter" || failure.problem.certain;
      const works = failure.problem.kind === "returns-in-shell" || !certain;
      yield {
        ...planned(dockerfile, failure, messages),
        ...placeIn(dockerfile, failure),
        ...(works ? { severity: "warning" as const } : {}),
        evidence: { path: failure.file.path, problem: failure.problem.kind },
      };
    },
    *image(image, { messages }) {
      const failed = imageLoad(image, imageFiles(image), image.platform.architecture);
      if (failed === null) return;
      const { file, problem } = failed;
      // Without an ENTRYPOINT, whether `train` may be executed is TL103's.
      const isPermission = /^(?:not-executable|not-permitted|closed-folder)$/.test(problem.kind);
      if (isPermission && (image.config.Entrypoint ?? []).length === 0) return;
      yield {
        ...found(image, failed, messages),
        at: placeInImage(image, file),
        evidence: { path: file.path, problem: problem.kind },
      };
    },
  },
  examples: [
    {
      title: "A script with everything it takes",
      dockerfile: 'FROM python:3.12\nCOPY run.sh /run.sh\nRUN chmod +x /run.sh\nENTRYPOINT ["/run.sh"]\n',
      files: { "run.sh": '#!/bin/bash\nexec python /opt/program/train.py "$@"\n' },
    },
    {
      title: "A shell needs neither a #! line nor the execute bit",
      dockerfile: 'FROM python:3.12\nCOPY run.sh /run.sh\nENTRYPOINT ["bash", "/run.sh"]\n',
      files: { "run.sh": "exec python train.py\n" },
    },
    {
      title: "Windows line endings that the build converts",
      dockerfile:
        "FROM python:3.12\nCOPY run.sh /run.sh\nRUN sed -i 's/\\r$//' /run.sh && chmod +x /run.sh\nENTRYPOINT [\"/run.sh\"]\n",
      files: { "run.sh": "#!/bin/bash\r\nexec python train.py\r\n" },
    },
    {
      title: "No execute bit",
      dockerfile: 'FROM python:3.12\nWORKDIR /opt/program\nCOPY . .\nENTRYPOINT ["./run.sh"]\n',
      files: { "run.sh": "#!/bin/bash\nexec python train.py\n" },
      findings: [
        {
          messageId: "notExecutable",
          severity: "error",
          message:
            "/opt/program/run.sh has no execute permission (mode 0644): the container does not start: permission denied.",
          at: "4:13-4:23",
        },
      ],
    },
    {
      title: "A here-document is copied without execute permission",
      dockerfile:
        "FROM python:3.12\nCOPY <<EOF /usr/local/bin/train\n#!/bin/sh\nexec python /opt/program/train.py\nEOF\n",
      findings: [
        {
          messageId: "notExecutable",
          message:
            '/usr/local/bin/train has no execute permission (mode 0644): the container does not start: exec: "train": executable file not found in $PATH.',
          at: "2:12-2:32",
        },
      ],
    },
    {
      title: "Windows line endings",
      dockerfile: 'FROM python:3.12\nCOPY --chmod=755 run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n',
      files: { "run.sh": "#!/bin/bash\r\nexec python train.py\r\n" },
      findings: [
        {
          messageId: "carriageReturn",
          message:
            '/run.sh has Windows line endings: its first line asks for "/bin/bash\\r", and the container ends at once with "no such file or directory", although the file is there.',
          at: "3:13-3:22",
        },
      ],
    },
    {
      title: "Windows line endings in a script that a shell is given",
      dockerfile: 'FROM python:3.12\nCOPY run.sh /run.sh\nENTRYPOINT ["bash", "/run.sh"]\n',
      files: { "run.sh": "set -e\r\nexec python train.py\r\n" },
      findings: [
        {
          messageId: "returnsInShell",
          severity: "warning",
          message:
            '/run.sh has Windows line endings: bash takes the carriage return for a part of the last word of each line, so that options, file names and keywords such as "fi" are not understood.',
          at: "3:21-3:30",
        },
      ],
    },
    {
      title: "A byte order mark",
      dockerfile: 'FROM python:3.12\nCOPY --chmod=755 run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n',
      files: { "run.sh": "\uFEFF#!/bin/bash\nexec python train.py\n" },
      findings: [
        {
          messageId: "byteOrderMark",
          message:
            '/run.sh begins with a byte order mark, so the kernel does not see its #! line: the container ends at once with "exec format error".',
          at: "3:13-3:22",
        },
      ],
    },
    {
      title: "An empty line in front of the #! line",
      dockerfile: 'FROM python:3.12\nCOPY --chmod=755 run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n',
      files: { "run.sh": "\n#!/bin/bash\nexec python train.py\n" },
      findings: [
        {
          messageId: "blankBefore",
          message:
            '/run.sh has blanks or empty lines in front of its #! line, so the kernel does not see it: the container ends at once with "exec format error".',
          at: "3:13-3:22",
        },
      ],
    },
    {
      title: "No #! line",
      dockerfile: 'FROM python:3.12\nCOPY --chmod=755 run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n',
      files: { "run.sh": "exec python train.py\n" },
      findings: [
        {
          messageId: "noShebang",
          message:
            '/run.sh has no #! line, and in exec form nothing tells which shell shall read it: the container ends at once with "exec format error".',
          at: "3:13-3:22",
        },
      ],
    },
    {
      title: "An empty file",
      dockerfile: 'FROM python:3.12\nCOPY --chmod=755 run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n',
      files: { "run.sh": "" },
      findings: [
        {
          messageId: "empty",
          message: '/run.sh is empty: the container ends at once with "exec format error".',
          at: "3:13-3:22",
        },
      ],
    },
    {
      title: "Options behind env",
      dockerfile: "FROM python:3.12\nCOPY --chmod=755 train.py /usr/local/bin/train\n",
      files: { "train.py": "#!/usr/bin/env python3 -u\nprint(1)\n" },
      findings: [
        {
          messageId: "envArguments",
          message:
            'The #! line of /usr/local/bin/train gives env "python3 -u" as one word, since the kernel does not split it: env finds no program of that name, and the job fails with exit code 127.',
          at: "2:27-2:47",
        },
      ],
    },
    {
      title: "Alpine has no bash",
      dockerfile: 'FROM alpine:3.20\nCOPY --chmod=755 run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n',
      files: { "run.sh": "#!/bin/bash\nexec /opt/train\n" },
      findings: [
        {
          messageId: "noInterpreter",
          message:
            '/run.sh is to be run by /bin/bash, which the image does not have: the container ends at once with "no such file or directory", although the script is there.',
          at: "3:13-3:22",
        },
      ],
    },
    {
      title: "Alpine with packages, none of them called bash",
      dockerfile:
        'FROM python:3.12-alpine\nRUN apk add --no-cache gcc\nCOPY --chmod=755 run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n',
      files: { "run.sh": "#!/bin/bash\nexec python train.py\n" },
      findings: [
        {
          messageId: "noInterpreterSeen",
          severity: "warning",
          message:
            '/run.sh is to be run by /bin/bash, which python:3.12-alpine does not have and no instruction installs by its name: unless another package brings it, the container ends at once with "no such file or directory".',
          at: "4:13-4:22",
        },
      ],
    },
    {
      title: "An image whose script is for its owner alone",
      image: composeImage({
        config: { Entrypoint: ["/run.sh"], User: "1000" },
        files: { "/run.sh": { text: "#!/bin/sh\n", mode: 0o744 }, "/bin/sh": {} },
      }),
      findings: [
        {
          messageId: "notPermitted",
          message:
            "/run.sh may not be executed by the user of the image, 1000 (mode 0744): the container does not start: permission denied.",
          at: "/run.sh",
        },
      ],
    },
    {
      title: "An image whose script lies in root's home",
      image: composeImage({
        config: { Entrypoint: ["/root/run.sh"], User: "1000" },
        files: { "/root": { type: "directory", mode: 0o700 }, "/root/run.sh": "#!/bin/sh\n", "/bin/sh": {} },
      }),
      findings: [
        {
          messageId: "closedFolder",
          message:
            "/root/run.sh can't be reached by the user of the image, 1000, who may not enter /root: the container does not start: permission denied.",
          at: "/root/run.sh",
        },
      ],
    },
    {
      title: "An image without the interpreter of its script",
      image: composeImage({
        config: { Entrypoint: ["/run.sh"] },
        files: { "/run.sh": "#!/bin/bash\n", "/bin/sh": {} },
      }),
      findings: [
        {
          messageId: "noInterpreter",
          message:
            '/run.sh is to be run by /bin/bash, which the image does not have: the container ends at once with "no such file or directory", although the script is there.',
          at: "/run.sh",
        },
      ],
    },
    {
      title: "An image without the program that env looks for",
      image: composeImage({
        config: { Entrypoint: ["/run.py"] },
        files: { "/run.py": "#!/usr/bin/env python\n", "/usr/bin/env": {}, "/usr/bin/python3": {} },
      }),
      findings: [
        {
          messageId: "noEnvProgram",
          message:
            '/run.py is to be run by "python", which is not in any folder of PATH: env fails with "No such file or directory", and the job with exit code 127.',
          at: "/run.py",
        },
      ],
    },
    {
      title: "A program that was built with another C library",
      image: composeImage({
        config: { Entrypoint: ["/run"] },
        files: {
          "/run": { text: elfText(62, "/lib64/ld-linux-x86-64.so.2") },
          "/lib/ld-musl-x86_64.so.1": {},
        },
      }),
      findings: [
        {
          messageId: "noLoader",
          message:
            '/run is a program that needs the loader /lib64/ld-linux-x86-64.so.2, which the image does not have: the container ends at once with "no such file or directory", although the program is there.',
          at: "/run",
        },
      ],
    },
    {
      title: "A program for another architecture",
      image: composeImage({
        config: { Entrypoint: ["/run"] },
        files: { "/run": { text: elfText(183, null) } },
      }),
      findings: [
        {
          messageId: "wrongMachine",
          message:
            '/run is a program for arm64 in an image for amd64: the container ends at once with "exec format error".',
          at: "/run",
        },
      ],
    },
    {
      title: "A program for Windows",
      image: composeImage({
        config: { Entrypoint: ["/run"] },
        files: { "/run": { text: "MZ\u0090\0\u0003\0" } },
      }),
      findings: [
        {
          messageId: "noProgram",
          message:
            '/run is neither a Linux program nor a script: the container ends at once with "exec format error".',
          at: "/run",
        },
      ],
    },
    {
      title: "An image in which everything is there",
      image: composeImage({
        config: { Entrypoint: ["/run.sh"], User: "app" },
        files: {
          "/run.sh": { text: "#!/bin/sh\n", mode: 0o750, owner: 1000 },
          "/bin/sh": { text: elfText(62, "/lib64/ld-linux-x86-64.so.2") },
          "/lib64/ld-linux-x86-64.so.2": {},
          "/etc/passwd": "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n",
          "/etc/group": "app:x:1000:\n",
        },
      }),
    },
  ],
});

function planned(
  dockerfile: DockerfileModel,
  { file, word, problem }: PlannedFailure,
  compose: Composers<typeof messages>,
) {
  const { path } = file;
  switch (problem.kind) {
    case "not-executable":
      return compose.notExecutable({ path, mode: octal(file.mode ?? 0), said: refusal(word.value ?? "") });
    case "returns-in-shell":
      return compose.returnsInShell({ path, shell: problem.shell });
    case "no-interpreter": {
      const { interpreter, certain } = problem;
      const base = dockerfile.base.kind === "image" ? dockerfile.base.reference : "scratch";
      return certain
        ? compose.noInterpreter({ path, interpreter })
        : compose.noInterpreterSeen({ path, interpreter, base });
    }
    default:
      return firstLine(path, problem, compose);
  }
}

function found(image: ImageModel, { file, problem }: FailedLoad, compose: Composers<typeof messages>) {
  const { path } = file;
  const user = image.config.User;
  const mode = octal(file.mode ?? 0);
  switch (problem.kind) {
    case "not-executable":
      return compose.notExecutable({ path, mode, said: refusal(image.config.Entrypoint?.[0] ?? "train") });
    case "not-permitted":
      return compose.notPermitted({ path, mode, user });
    case "closed-folder":
      return compose.closedFolder({ path, folder: problem.folder.path, user });
    case "no-interpreter":
      return compose.noInterpreter({ path, interpreter: problem.interpreter });
    case "no-env-program":
      return compose.noEnvProgram({ path, program: problem.program });
    case "no-loader":
      return compose.noLoader({ path, loader: problem.loader });
    case "wrong-machine":
      return compose.wrongMachine({
        path,
        machine: problem.machine,
        architecture: image.platform.architecture,
      });
    case "no-program":
      return compose.noProgram({ path });
    default:
      return firstLine(path, problem, compose);
  }
}

type FirstLine = Extract<
  PlannedFailure["problem"],
  { kind: "carriage-return" | "byte-order-mark" | "blank-before" | "no-shebang" | "empty" | "env-arguments" }
>;

function firstLine(path: string, problem: FirstLine, compose: Composers<typeof messages>) {
  switch (problem.kind) {
    case "carriage-return":
      return compose.carriageReturn({ path, interpreter: problem.interpreter, said: problem.said });
    case "byte-order-mark":
      return compose.byteOrderMark({ path });
    case "blank-before":
      return compose.blankBefore({ path });
    case "no-shebang":
      return compose.noShebang({ path });
    case "empty":
      return compose.empty({ path });
    case "env-arguments":
      return compose.envArguments({ path, argument: problem.argument });
  }
}

/** The word that starts the file, or what places it; and beside it the line of the script, or of the COPY. */
function placeIn(dockerfile: DockerfileModel, { file, word, problem }: PlannedFailure) {
  const inMode = problem.kind === "not-executable";
  const first = { start: { line: 1, column: 1 }, end: { line: 1, column: 3 } };
  const range = file.origin.kind === "context" && !inMode ? first : null;
  const place = placeInDockerfile(dockerfile, { word, file, range, note: "the script begins here" });
  if (!inMode || file.origin.kind === "image" || word.range === null) return place;
  const location = inText(dockerfile.path, file.origin.placed);
  return { ...place, related: [{ location, message: "it comes into the image here" }] };
}

/** What the engine says: a file without the execute bit is passed over where PATH is searched. */
function refusal(word: string): string {
  return word.includes("/") ? "permission denied" : `exec: "${word}": executable file not found in $PATH`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** The first bytes of a 64-bit little-endian ELF program, one character a byte, for the examples. */
function elfText(machine: number, interpreter: string | null): string {
  const number = (value: number, length: number): string =>
    Array.from({ length }, (_, index) => String.fromCharCode(Math.floor(value / 256 ** index) % 256)).join(
      "",
    );
  const identity = `\u007fELF\u0002\u0001\u0001${"\0".repeat(9)}`;
  const header = `${number(2, 2)}${number(machine, 2)}${number(1, 4)}${number(0, 8)}${number(64, 8)}${number(0, 8)}`;
  const sizes = `${number(0, 4)}${number(64, 2)}${number(56, 2)}${number(interpreter === null ? 0 : 1, 2)}${number(0, 6)}`;
  if (interpreter === null) return identity + header + sizes;
  const length = interpreter.length + 1;
  const program = `${number(3, 4)}${number(4, 4)}${number(120, 8)}${number(0, 16)}${number(length, 8)}${number(0, 16)}`;
  return `${identity}${header}${sizes}${program}${interpreter}\0`;
}
