import type { Base, CommandLine, DockerfileModel, Instruction } from "../../core/dockerfile/model.ts";
import { shellCommands } from "../../core/dockerfile/shell/walk.ts";
import { dockerfileFiles } from "../../core/entrypoint/dockerfile-files.ts";
import {
  type FoundTini,
  tiniIn,
  tiniInCommands,
  tiniInImage,
  tiniInScript,
  tiniMadeBy,
} from "../../core/entrypoint/find-tini.ts";
import { type ImageParts, imageFiles } from "../../core/entrypoint/image-files.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { tiniCommand } from "../../core/entrypoint/init.ts";
import { dockerfileLaunch, imageLaunch } from "../../core/entrypoint/launch-words.ts";
import type { ProgramFiles } from "../../core/entrypoint/program-files.ts";
import { withoutTiniFix } from "../../core/entrypoint/tini-fix.ts";
import { inText, type Location } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { environmentOf, findCommand } from "../../core/image/lookup.ts";
import { type Composers, defineRule } from "../../core/rule.ts";
import type { Range } from "../../core/text.ts";

/** How much of a program is read to recognise a renamed tini, in bytes; tini-static is below 1 MiB. */
const TINI_HEAD = 1_048_576;

const messages = {
  takesTrainAsProgram: ({ how }: { how: string }) => ({
    message: `The ENTRYPOINT is tini (${how}) without a program: SageMaker runs "tini train", tini takes "train" as the program, and the job fails with "[FATAL tini] exec train failed" unless an executable train is on PATH.`,
    help: 'Start the program itself, for example ENTRYPOINT ["python", "/opt/program/train.py"].',
  }),
  eatsOptions: ({ how, eaten }: { how: string; eaten: string }) => ({
    message: `The ENTRYPOINT is tini (${how}) without "--": tini takes ${eaten} as its own option, so the job fails at once or is reported as completed without training.`,
    help: "Start the program itself, without tini.",
  }),
  forbidden: ({ how }: { how: string }) => ({
    message: `The ENTRYPOINT is tini (${how}), which SageMaker's documentation rules out because tini is confused by the arguments "train" and "serve". As written here it would still start the program.`,
    help: "Start the program itself, without tini; handle SIGTERM in the program.",
  }),
};

/** TL102: tini may not be the entrypoint, under whatever name. */
export const noTiniEntrypoint = defineRule({
  id: "TL102",
  name: "no-tini-entrypoint",
  summary: "tini (or docker-init, which is tini) as the entrypoint, under any path, name, link or wrapper",
  rationale: `AWS rules tini out as the entrypoint of a training container: it is confused by the argument \`train\`.
What really happens depends on the words behind it. \`["tini", "--"]\` takes \`train\` as the program to start:
\`[FATAL tini (7)] exec train failed: No such file or directory\`, exit code 127. Without \`--\` a glibc build of tini
takes the program's options for its own: \`-u\` is refused, \`-h\` prints tini's help and exits with 0, so that the job
counts as completed without training. \`["tini", "--", "python", "train.py"]\` works, against the rule.

The ENTRYPOINT is often inherited: miniforge and the Jupyter images start tini.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    { title: "tini", url: "https://github.com/krallin/tini" },
  ],
  severity: "error",
  precision: "very-high",
  standsOnGuess: true,
  assumes: ["entrypoint"],
  options: {},
  needs: needsOf((image, files) => {
    files.program("train");
    return tiniOf(image, files);
  }, TINI_HEAD),
  messages,
  check: {
    *dockerfile(dockerfile, { messages }) {
      const { entrypoint } = dockerfile.config;
      if (!entrypoint.known) {
        const how = inheritedTini(dockerfile);
        if (how === null) return;
        const at = inText(dockerfile.path, dockerfile.target.from.range);
        yield { ...messages.takesTrainAsProgram({ how }), at };
        return;
      }
      if (entrypoint.value === null) return;
      const isTini = (program: string): string | null => tiniMadeBy(dockerfile, program);
      const found =
        findInLine(entrypoint.value, dockerfile, isTini) ??
        tiniInScript(dockerfileLaunch(dockerfile) ?? [], dockerfileFiles(dockerfile), isTini);
      if (found === null) return;
      const range = placeOf(dockerfile, entrypoint.value, entrypoint.instruction, found);
      const how =
        entrypoint.instruction === null && dockerfile.base.kind === "image"
          ? inheritedFrom(dockerfile.base)
          : found.how;
      const fix = withoutTiniFix(dockerfile, entrypoint.value, found);
      const result = report({ ...found, how }, inText(dockerfile.path, range), messages);
      yield fix === null ? result : { ...result, fix };
    },
    *image(image, { messages }) {
      const found = tiniOf(image, imageFiles(image));
      if (found === null) return;
      const at: Location = { kind: "image-config", image: image.name, pointer: "/config/Entrypoint" };
      const result = report(found, at, messages);
      const train = findCommand(image, "train").executable;
      const works = result.messageId === "takesTrainAsProgram" && train !== null;
      yield works ? { ...result, ...messages.forbidden({ how: found.how }) } : result;
    },
  },
  examples: [
    {
      title: "The program itself",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
    },
    {
      title: "A program whose name only begins with tini",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["/usr/bin/tinyproxy"]\n',
    },
    {
      title: "tini without a program",
      dockerfile: 'FROM ubuntu:22.04\nENTRYPOINT ["/usr/bin/tini", "--"]\n',
      findings: [
        {
          messageId: "takesTrainAsProgram",
          severity: "error",
          message:
            'The ENTRYPOINT is tini (by its name) without a program: SageMaker runs "tini train", tini takes "train" as the program, and the job fails with "[FATAL tini] exec train failed" unless an executable train is on PATH.',
          at: "2:13-2:28",
        },
      ],
    },
    {
      title: "tini takes the program's option for its own",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["tini", "python", "-u", "train.py"]\n',
      findings: [
        {
          messageId: "eatsOptions",
          message:
            'The ENTRYPOINT is tini (by its name) without "--": tini takes -u as its own option, so the job fails at once or is reported as completed without training.',
          at: "2:13-2:19",
        },
      ],
    },
    {
      title: "A download of tini under another name",
      dockerfile:
        'FROM python:3.12\nADD https://github.com/krallin/tini/releases/download/v0.19.0/tini /init\nENTRYPOINT ["/init", "--", "python", "train.py"]\n',
      findings: [
        {
          messageId: "forbidden",
          message:
            'The ENTRYPOINT is tini (it is a copy of https://github.com/krallin/tini/releases/download/v0.19.0/tini), which SageMaker\'s documentation rules out because tini is confused by the arguments "train" and "serve". As written here it would still start the program.',
          at: "3:13-3:20",
        },
      ],
    },
    {
      title: "Inherited from an image of which only that much is known",
      dockerfile: "FROM jupyter/scipy-notebook:1386e2046833\nCOPY train.py /opt/program/\n",
      findings: [
        {
          messageId: "takesTrainAsProgram",
          message:
            'The ENTRYPOINT is tini (inherited from jupyter/scipy-notebook:1386e2046833, according to images/docker-stacks-foundation/Dockerfile of jupyter/docker-stacks) without a program: SageMaker runs "tini train", tini takes "train" as the program, and the job fails with "[FATAL tini] exec train failed" unless an executable train is on PATH.',
          at: "1:1-1:41",
        },
      ],
    },
    {
      title: "Through a variable of the image",
      dockerfile:
        'FROM python:3.12\nENV INIT=/usr/bin/tini\nENTRYPOINT ["/bin/sh", "-c", "exec $INIT -- python train.py"]\n',
      findings: [
        {
          messageId: "forbidden",
          message:
            'The ENTRYPOINT is tini (by its name), which SageMaker\'s documentation rules out because tini is confused by the arguments "train" and "serve". As written here it would still start the program.',
          at: "3:1-3:62",
        },
      ],
    },
    {
      title: "A script that ends in tini",
      dockerfile:
        'FROM python:3.12\nCOPY <<\'EOF\' /start.sh\n#!/bin/sh\nexec tini -- "$@"\nEOF\nENTRYPOINT ["/start.sh"]\n',
      findings: [
        {
          messageId: "takesTrainAsProgram",
          message:
            'The ENTRYPOINT is tini (/start.sh ends in it) without a program: SageMaker runs "tini train", tini takes "train" as the program, and the job fails with "[FATAL tini] exec train failed" unless an executable train is on PATH.',
          at: "6:1-6:25",
        },
      ],
    },
    {
      title: "catatonit, which answers in tini's words, is not tini",
      image: composeImage({
        config: { Entrypoint: ["/sbin/start", "--", "/opt/train"] },
        files: { "/sbin/start": { text: "\u007fELF\0tini version 0.1.7_catatonit\0" } },
      }),
    },
    {
      title: "An image whose script ends in a renamed tini",
      image: composeImage({
        config: { Entrypoint: ["/entry.sh"] },
        files: {
          "/entry.sh": '#!/bin/sh\nexec /sbin/start -g -- python train.py "$@"\n',
          "/sbin/start": { text: "\u007fELF\0tini version 0.19.0\0" },
        },
      }),
      findings: [
        {
          messageId: "forbidden",
          message:
            'The ENTRYPOINT is tini (/entry.sh ends in it), which SageMaker\'s documentation rules out because tini is confused by the arguments "train" and "serve". As written here it would still start the program.',
          at: "/config/Entrypoint",
        },
      ],
    },
    {
      title: "An image whose entrypoint is a link to tini",
      image: composeImage({
        config: { Entrypoint: ["/entry", "--"] },
        files: { "/entry": { link: "/usr/bin/tini" }, "/usr/bin/tini": {} },
      }),
      findings: [
        {
          messageId: "takesTrainAsProgram",
          message:
            'The ENTRYPOINT is tini (it is a link to /usr/bin/tini) without a program: SageMaker runs "tini train", tini takes "train" as the program, and the job fails with "[FATAL tini] exec train failed" unless an executable train is on PATH.',
          at: "/config/Entrypoint",
        },
      ],
    },
  ],
});

/** Some tags of a known image start tini with one option, some with another: without a program all the same. */
function inheritedTini({ base, config }: DockerfileModel): string | null {
  if (config.entrypoint.instruction !== null || base.kind !== "image") return null;
  return base.known?.startsTini === true ? inheritedFrom(base) : null;
}

function inheritedFrom(base: Extract<Base, { kind: "image" }>): string {
  return `inherited from ${base.reference}, according to ${base.known?.source ?? "its name"}`;
}

function report(found: FoundTini, at: Location, compose: Composers<typeof messages>) {
  const tini = tiniCommand(found.argv.slice(1));
  const evidence = { argv: found.argv };
  if (tini.program.length === 0) return { ...compose.takesTrainAsProgram({ how: found.how }), at, evidence };
  if (tini.eaten.length > 0) {
    return { ...compose.eatsOptions({ how: found.how, eaten: tini.eaten.join(", ") }), at, evidence };
  }
  return { ...compose.forbidden({ how: found.how }), at, evidence };
}

function findInLine(
  command: CommandLine,
  { config }: DockerfileModel,
  isTini: (program: string) => string | null,
): FoundTini | null {
  const variable: Variable = (name) => {
    const value = config.env.get(name);
    return value?.known === true ? value.value : null;
  };
  if (command.form === "shell") {
    return command.line === null || config.entrypoint.instruction === null || command.brokenExecForm !== null
      ? null
      : tiniInCommands(commandsOf(command.line.text, variable), isTini);
  }
  const [, flag = "", line = ""] = command.argv;
  if (/^-[a-z]*c$/.test(flag)) return tiniInCommands(commandsOf(line, variable), isTini);
  return tiniIn(command.argv, isTini);
}

/** What a variable holds when the container starts; `null` where it is not known. */
type Variable = (name: string) => string | null;

/** The commands of a line, where only their words matter and not their place in a file. */
function commandsOf(line: string, variable: Variable) {
  const position = { line: 1, column: 1 };
  const source = { text: line, pieces: [{ offset: 0, position }] };
  const range: Range = { start: position, end: position };
  const instruction: Instruction = {
    keyword: "ENTRYPOINT",
    range,
    keywordRange: range,
    flags: [],
    arguments: source,
    heredocs: [],
    trigger: null,
  };
  return shellCommands(source, {
    instruction,
    stage: 0,
    workingDir: { known: false, why: "it does not matter here" },
    lookup: variable,
  }).commands;
}

function placeOf(
  dockerfile: DockerfileModel,
  command: CommandLine,
  instruction: Instruction | null,
  found: FoundTini,
): Range {
  if (instruction === null) return dockerfile.target.from.range;
  return (found.index === null ? undefined : command.elementRanges[found.index]) ?? instruction.range;
}

/** tini in an image's ENTRYPOINT, or at the end of the scripts that it starts. */
function tiniOf(image: ImageParts, files: ProgramFiles): FoundTini | null {
  const argv = image.config.Entrypoint ?? [];
  const isTini = (program: string): string | null => {
    files.program(program);
    return tiniInImage(image, program);
  };
  const shell = argv.length === 3 && /^-[a-z]*c$/.test(argv[1] ?? "") ? (argv[2] ?? "") : null;
  const variable: Variable = (name) => environmentOf(image.config).get(name) ?? null;
  if (shell !== null) return tiniInCommands(commandsOf(shell, variable), isTini);
  return tiniIn(argv, isTini) ?? tiniInScript(imageLaunch(image.config), files, isTini);
}
