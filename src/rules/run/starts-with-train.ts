import type { Json } from "../../core/json.ts";
import { type ComposedMessage, type Composers, defineRule } from "../../core/rule.ts";
import { type StartFailure, startFailure } from "../../core/run/start-failure.ts";
import { atEvent, lifetime } from "../../core/run/story.ts";
import { type RunProgram, type Transcript, transcriptOf } from "../../core/run/transcript.ts";

const MESSAGES = {
  notFound: ({ program }: { program: string }) => ({
    message: `The container does not start: there is no executable \`${program}\` in it.`,
    help: `Put an executable named \`${program}\` on the image's PATH, or set an exec-form ENTRYPOINT such as ["python3", "/opt/train.py"].`,
  }),
  notExecutable: ({ program }: { program: string }) => ({
    message: `The container does not start: \`${program}\` has no execute permission.`,
    help: `Give it the permission in the image: RUN chmod +x, or COPY --chmod=755.`,
  }),
  notAllowed: ({ program, user }: { program: string; user: string }) => ({
    message: `The container does not start: \`${program}\` may not be executed by ${user}, as whom the image runs.`,
    help: "Give the file and the folders above it permissions for that user, or run as root (no USER), as SageMaker's own containers do.",
  }),
  crlf: ({ program }: { program: string }) => ({
    message: `The container does not start: \`${program}\` has Windows line ends, so its interpreter's name ends in a carriage return and is not found.`,
    help: "Save the script with LF line ends, and keep them with a .gitattributes line such as `*.sh text eol=lf`.",
  }),
  interpreterMissing: ({ program, interpreter }: { program: string; interpreter: string }) => ({
    message: `The container does not start: \`${program}\` is there, but what runs it is not (${interpreter}).`,
    help: "Install the interpreter or loader in the image, or name one that it has.",
  }),
  wrongArchitecture: ({ program, built, engine }: { program: string; built: string; engine: string }) => ({
    message: `The container does not start: \`${program}\` is built for ${built}, and this machine is ${engine}.`,
    help: "Build for the machine of the training job, nearly always amd64: docker build --platform linux/amd64.",
  }),
  notLoadable: ({ program }: { program: string }) => ({
    message: `The container does not start: the kernel can't execute \`${program}\` (exec format error), though it is for this machine.`,
    help: "The file is damaged, cut short or not a program: build or copy it again, and look at it with `file`.",
  }),
  noShebang: ({ program }: { program: string }) => ({
    message: `The container does not start: \`${program}\` is a script whose first two characters are not \`#!\`.`,
    help: "Make `#!/bin/sh` or the like the very first line, with no byte-order mark and no empty line before it, or start it through its interpreter.",
  }),
  initOption: ({ line }: { line: string }) => ({
    message: `The container dies at once: the init in front of the program takes the program's options for its own ("${line}").`,
    help: "Put `--` between the init and the program, or leave the init out.",
  }),
  trainRefused: ({ line }: { line: string }) => ({
    message: `The container dies at once: the program refuses the argument \`train\`, which SageMaker always appends ("${line}").`,
    help: "Accept `train` as an argument and ignore it, or set ContainerArguments in the request.",
  }),
  optMlPermission: ({ line, user }: { line: string; user: string }) => ({
    message: `The container dies: it may not write below /opt/ml, whose folders belong to root ("${line}"; it runs as ${user}).`,
    help: "Run training as root (no USER, or USER root), or write there only through a process that may.",
  }),
  channelMissing: ({ channel, line }: { channel: string; line: string }) => ({
    message: `The container dies: it looks for the input channel "${channel}", which this run does not have ("${line}").`,
    help: `Give the run the data: --channel ${channel}=FOLDER. In the job, InputDataConfig must have a channel of this name.`,
  }),
  outOfMemory: ({ limit }: { limit: string }) => ({
    message: `The kernel killed the program for want of memory${limit}.`,
    help: "Give the smoke run a higher memory limit if the training instance has more, or use less memory.",
  }),
  killed: ({ seconds, limit }: { seconds: string; limit: string }) => ({
    message: `The program was killed with SIGKILL after ${seconds} s (exit code 137), and not by this run: most likely by the kernel, for want of memory${limit}.`,
    help: "Give the smoke run a higher memory limit if the training instance has more, or use less memory. The kernel's log (`dmesg`) names what it killed.",
  }),
  refused: ({ reason }: { reason: string }) => ({
    message: `The engine could not start the container: ${reason}`,
    help: "Change what the engine names: the user, the working directory or a path of the image.",
  }),
  exited: ({ code, seconds, line }: { code: number; seconds: string; line: string }) => ({
    message: `The container ended by itself with exit code ${code} after ${seconds} s, which fails the job${line}.`,
    help: "Read the last lines of its output in the transcript; start it with the channels and hyperparameters that it needs.",
  }),
};

/** TL501: the container starts, and stays, when run as SageMaker runs it. */
export const startsWithTrain = defineRule({
  id: "TL501",
  name: "starts-with-train",
  summary: "the container does not start, or dies at once, when run as SageMaker runs it",
  rationale: `SageMaker starts a training container as \`docker run IMAGE train\`, or with the request's
ContainerEntrypoint and ContainerArguments. One that can't be started that way fails after the queue and the image pull,
often with words about something else ("Artifact upload failed"). The smoke run starts it the same way and reads what
the engine and the program say: which file is missing, not executable, made for another machine, or has Windows line
ends; and which program refuses the argument \`train\`.

A container that ends by itself with exit code 0 completed its job; any other code fails it. One that the kernel kills
for want of memory is reported at any time of the run.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    {
      title: "How SageMaker signals success and failure",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-signal-success-failure.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  messages: MESSAGES,
  check: {
    *run(run, { messages }) {
      const failure = startFailure(run);
      if (failure === null) return;
      const at = atEvent(run, run.startError === null ? "exited" : "created");
      yield { ...composed(failure, run, messages), at, evidence: evidenceOf(run) };
    },
  },
  examples: [
    {
      title: "A container that starts and runs until the stop",
      run: transcriptOf(),
    },
    {
      title: "A container that ends by itself with 0 has completed its job",
      run: transcriptOf({ stop: null, readiness: null }),
    },
    {
      title: "No ENTRYPOINT and no `train` on PATH",
      run: refusedToStart('exec: "train": executable file not found in $PATH', ["train"], { exists: false }),
      findings: [
        {
          messageId: "notFound",
          at: "created",
          message: "The container does not start: there is no executable `train` in it.",
        },
      ],
    },
    {
      title: "`train` lost its execute permission",
      run: refusedToStart('exec: "train": permission denied', ["train"], {
        executable: false,
        kind: "script",
        shebang: "/bin/sh",
      }),
      findings: [
        {
          messageId: "notExecutable",
          at: "created",
          message: "The container does not start: `train` has no execute permission.",
        },
      ],
    },
    {
      title: "Root's own program and a USER",
      run: refusedToStart('exec: "/root/train": permission denied', ["/root/train", "train"], {
        kind: "elf",
        machine: "amd64",
      }),
      findings: [
        {
          messageId: "notAllowed",
          at: "created",
          message:
            "The container does not start: `/root/train` may not be executed by trainer, as whom the image runs.",
        },
      ],
    },
    {
      title: "A script saved on Windows",
      run: refusedToStart("exec /app/train: no such file or directory", ["/app/train", "train"], {
        kind: "script",
        shebang: "/bin/sh\r",
      }),
      findings: [
        {
          messageId: "crlf",
          at: "created",
          message:
            "The container does not start: `/app/train` has Windows line ends, so its interpreter's name ends in a carriage return and is not found.",
        },
      ],
    },
    {
      title: "A script whose interpreter is not in the image",
      run: refusedToStart("exec /app/train: no such file or directory", ["/app/train", "train"], {
        kind: "script",
        shebang: "/bin/bash",
        interpreter: { path: "/bin/bash", exists: false, machine: null },
      }),
      findings: [
        {
          messageId: "interpreterMissing",
          at: "created",
          message:
            "The container does not start: `/app/train` is there, but what runs it is not (/bin/bash).",
        },
      ],
    },
    {
      title: "An Arm program on an x86 machine",
      run: refusedToStart("exec /app/train: exec format error", ["/app/train", "train"], {
        kind: "elf",
        machine: "arm64",
      }),
      findings: [
        {
          messageId: "wrongArchitecture",
          at: "created",
          message:
            "The container does not start: `/app/train` is built for arm64, and this machine is amd64.",
        },
      ],
    },
    {
      title: "A damaged program",
      run: refusedToStart("exec /app/train: exec format error", ["/app/train", "train"], {
        kind: "elf",
        machine: "amd64",
      }),
      findings: [
        {
          messageId: "notLoadable",
          at: "created",
          message:
            "The container does not start: the kernel can't execute `/app/train` (exec format error), though it is for this machine.",
        },
      ],
    },
    {
      title: "A script without a shebang",
      run: refusedToStart("exec /app/train: exec format error", ["/app/train", "train"], { kind: "text" }),
      findings: [
        {
          messageId: "noShebang",
          at: "created",
          message:
            "The container does not start: `/app/train` is a script whose first two characters are not `#!`.",
        },
      ],
    },
    {
      title: "tini without `--` eats an option",
      run: died(1, "tini: invalid option -- 'u'", ["tini", "python3", "-u", "x.py", "train"]),
      findings: [
        {
          messageId: "initOption",
          at: "exited",
          message:
            "The container dies at once: the init in front of the program takes the program's options for its own (\"tini: invalid option -- 'u'\").",
        },
      ],
    },
    {
      title: "argparse does not know `train`",
      run: died(2, "train.py: error: unrecognized arguments: train"),
      findings: [
        {
          messageId: "trainRefused",
          at: "exited",
          message:
            'The container dies at once: the program refuses the argument `train`, which SageMaker always appends ("train.py: error: unrecognized arguments: train").',
        },
      ],
    },
    {
      title: "A non-root USER and SageMaker's root-owned folders",
      run: died(1, "PermissionError: [Errno 13] Permission denied: '/opt/ml/model/m'"),
      findings: [
        {
          messageId: "optMlPermission",
          at: "exited",
          message:
            "The container dies: it may not write below /opt/ml, whose folders belong to root (\"PermissionError: [Errno 13] Permission denied: '/opt/ml/model/m'\"; it runs as trainer).",
        },
      ],
    },
    {
      title: "A channel that was not given",
      run: died(1, "cat: /opt/ml/input/data/training/x.csv: No such file or directory"),
      findings: [
        {
          messageId: "channelMissing",
          at: "exited",
          message:
            'The container dies: it looks for the input channel "training", which this run does not have ("cat: /opt/ml/input/data/training/x.csv: No such file or directory").',
        },
      ],
    },
    {
      title: "More memory than the limit",
      run: { ...died(137, ""), exit: { code: 137, oomKilled: true } },
      findings: [
        {
          messageId: "outOfMemory",
          at: "exited",
          message: "The kernel killed the program for want of memory.",
        },
      ],
    },
    {
      title: "A kill that the engine knows nothing of",
      run: died(137, "/train.sh: line 3: 7 Killed python3 train.py"),
      findings: [
        {
          messageId: "killed",
          at: "exited",
          message:
            "The program was killed with SIGKILL after 0.2 s (exit code 137), and not by this run: most likely by the kernel, for want of memory.",
        },
      ],
    },
    {
      title: "The engine refuses for another reason",
      run: refusedToStart("unable to find user trainer: no matching entries in passwd file", ["train"], {}),
      findings: [
        {
          messageId: "refused",
          at: "created",
          message:
            "The engine could not start the container: OCI runtime create failed: unable to find user trainer: no matching entries in passwd file",
        },
      ],
    },
    {
      title: "An error of the program's own",
      run: died(1, "ModuleNotFoundError: No module named 'torch'"),
      findings: [
        {
          messageId: "exited",
          at: "exited",
          message:
            "The container ended by itself with exit code 1 after 0.2 s, which fails the job: \"ModuleNotFoundError: No module named 'torch'\".",
        },
      ],
    },
  ],
});

function composed(
  failure: StartFailure,
  run: Transcript,
  messages: Composers<typeof MESSAGES>,
): ComposedMessage {
  switch (failure.cause) {
    case "not-found":
      return messages.notFound(failure);
    case "not-executable":
      return messages.notExecutable(failure);
    case "not-allowed":
      return messages.notAllowed({ ...failure, user: userOf(run) });
    case "crlf":
      return messages.crlf(failure);
    case "interpreter-missing":
      return messages.interpreterMissing(failure);
    case "wrong-architecture":
      return messages.wrongArchitecture({ ...failure, engine: run.engine.architecture });
    case "not-loadable":
      return messages.notLoadable(failure);
    case "no-shebang":
      return messages.noShebang(failure);
    case "init-option":
      return messages.initOption(failure);
    case "train-refused":
      return messages.trainRefused(failure);
    case "opt-ml-permission":
      return messages.optMlPermission({ ...failure, user: userOf(run) });
    case "channel-missing":
      return messages.channelMissing(failure);
    case "out-of-memory":
      return messages.outOfMemory({ limit: memoryLimit(run) });
    case "killed":
      return messages.killed({ seconds: secondsOf(run), limit: memoryLimit(run) });
    case "refused":
      return messages.refused(failure);
    case "exited":
      return messages.exited({
        code: failure.code,
        seconds: secondsOf(run),
        line: failure.line === "" ? "" : `: "${failure.line.slice(0, 200)}"`,
      });
  }
}

function secondsOf(run: Transcript): string {
  return (lifetime(run) ?? 0).toFixed(1);
}

function userOf(run: Transcript): string {
  return run.user === "" ? "root" : run.user;
}

function memoryLimit(run: Transcript): string {
  const bytes = run.limits.memoryBytes;
  return typeof bytes === "number" ? ` (limit: ${Math.round(bytes / 1024 ** 2)} MiB)` : "";
}

function evidenceOf(run: Transcript): { readonly [key: string]: Json } {
  return {
    command: run.argv,
    exitCode: run.exit?.code ?? null,
    seconds: lifetime(run),
    startError: run.startError,
    program: run.program === null ? null : { ...run.program, interpreter: interpreterOf(run.program) },
    stderr: run.stderr.tail.slice(-10),
  };
}

function interpreterOf(program: RunProgram): Json {
  return program.interpreter === null ? null : { ...program.interpreter };
}

function refusedToStart(reason: string, argv: readonly string[], program: Partial<RunProgram>): Transcript {
  return transcriptOf({
    argv,
    events: [{ name: "created", at: 0 }],
    startError: `OCI runtime create failed: ${reason}`,
    user: "trainer",
    program: {
      path: "/app/train",
      exists: true,
      executable: true,
      kind: "other",
      machine: null,
      shebang: null,
      interpreter: null,
      text: null,
      ...program,
    },
    exit: null,
    stop: null,
    readiness: null,
    processesBeforeStop: [],
    filesAtEnd: [],
  });
}

function died(code: number, line: string, argv?: readonly string[]): Transcript {
  return transcriptOf({
    ...(argv === undefined ? {} : { argv }),
    events: [
      { name: "created", at: 0 },
      { name: "started", at: 0.3 },
      { name: "exited", at: 0.5 },
    ],
    exit: { code, oomKilled: false },
    stop: null,
    readiness: null,
    processesBeforeStop: [],
    filesAtEnd: [],
    user: "trainer",
    stderr: { tail: [line], bytes: line.length + 1, bytesAfterStop: 0 },
  });
}
