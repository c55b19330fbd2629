import type { DockerfileModel } from "../../core/dockerfile/model.ts";
import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { type Eaten, type InitCall, initCall, initLabel } from "../../core/entrypoint/init-call.ts";
import { type InitLibc, imageInitLibc, initLibcOf } from "../../core/entrypoint/init-libc.ts";
import { imageLaunch, plannedStart } from "../../core/entrypoint/launch-words.ts";
import type { ProgramFiles } from "../../core/entrypoint/program-files.ts";
import { trainIn } from "../../core/entrypoint/train-command.ts";
import { type Fix, inText, type Severity } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { environmentOf, findCommand } from "../../core/image/lookup.ts";
import { type ComposedMessage, type Composers, defineRule } from "../../core/rule.ts";

/** From how many milliseconds on s6-overlay's grace is no matter; SageMaker's is 120,000. */
const ENOUGH_GRACE = 110_000;

const SEPARATE = 'Write "--" between the init and the program: ["INIT", "--", "PROGRAM", ...].';

const messages = {
  fails: ({ init, option }: { init: string; option: string }) => ({
    message: `${init} stands without "--" in front of the program and takes its option ${option} for one of its own, which it does not know: the job fails at once with exit code 1.`,
    help: SEPARATE,
  }),
  completes: ({ init, option }: { init: string; option: string }) => ({
    message: `${init} stands without "--" in front of the program and takes its option ${option} for one of its own: it prints a text about itself and ends with exit code 0, and the job counts as completed without training.`,
    help: SEPARATE,
  }),
  masks: ({ init, option, code }: { init: string; option: string; code: string }) => ({
    message: `${init} stands without "--" in front of the program and takes its option ${option} for one of its own: it turns exit code ${code} of the program into 0, so that a failed job counts as completed.`,
    help: SEPARATE,
  }),
  lost: ({ init, option }: { init: string; option: string }) => ({
    message: `${init} stands without "--" in front of the program and takes its option ${option} for one of its own: the program never sees it.`,
    help: SEPARATE,
  }),
  noSeparator: ({ init }: { init: string }) => ({
    message: `${init} stands without "--" in front of the program: as written it works, but it takes the first option that is added behind the program for one of its own.`,
    help: SEPARATE,
  }),
  noProgram: ({ init, said }: { init: string; said: string }) => ({
    message: `${init} has no program behind it: SageMaker's argument "train" becomes the program, and where no executable train is on PATH the job fails with "${said}".`,
    help: 'Name the program behind the init, or start it without one: ENTRYPOINT ["python", "/opt/program/train.py"].',
  }),
  shortGrace: ({ grace }: { grace: string }) => ({
    message: `s6-overlay is the entrypoint: at a stop it ends the program by its own rules and kills it after ${grace} milliseconds (S6_KILL_GRACETIME) instead of SageMaker's 120 seconds.`,
    help: "Set ENV S6_KILL_GRACETIME=110000, or start the program without s6-overlay.",
  }),
};

/** TL107: an init must know where its own options end. */
export const initNeedsSeparator = defineRule({
  id: "TL107",
  name: "init-needs-separator",
  summary:
    "tini, catatonit and other inits without `--`, without a program, or with a grace period of their own",
  rationale: `Builds of tini and catatonit with glibc look for their options among all the words of the command line, also
behind the program, unless \`--\` ends the search. Measured with tini 0.19 and catatonit 0.1.7:

| ENTRYPOINT | what happens |
| --- | --- |
| \`["tini", "python3", "-u", "x.py"]\` | \`invalid option -- 'u'\`, exit code 1 |
| \`["tini", "python3", "x.py", "--epochs", "3"]\` | exit code 1 |
| \`["catatonit", "python3", "x.py", "-h"]\` | the init's own help, exit code 0: the job counts as completed |
| \`["tini", "python3", "x.py", "-e", "10"]\` | exit code 10 of the program becomes 0 |
| \`["tini", "python3", "x.py", "-v"]\` | the program does not see \`-v\` |
| \`["dumb-init", "python3", "-u", "x.py"]\` | works: dumb-init stops at the first word that is no option |

With musl (Alpine) the search ends at the program too, and nothing is eaten.

An init without a program takes SageMaker's argument \`train\` for it: \`[dumb-init] train: No such file or directory\`, exit
code 2, or \`failed to exec pid1\` of catatonit. (For tini, TL102 says so.) s6-overlay's \`/init\` brings its own grace period of
3 seconds, after which it kills what is left.`,
  refs: [
    { title: "tini", url: "https://github.com/krallin/tini" },
    { title: "catatonit", url: "https://github.com/openSUSE/catatonit" },
    { title: "dumb-init", url: "https://github.com/Yelp/dumb-init" },
    { title: "s6-overlay: S6_KILL_GRACETIME", url: "https://github.com/just-containers/s6-overlay" },
  ],
  severity: "error",
  precision: "high",
  assumes: ["entrypoint"],
  options: {},
  needs: needsOf((image, files) => {
    files.program("train");
    const call = initCall(imageLaunch(image.config));
    if (call !== null) imageInitLibc(image, files, call.word.value ?? "");
    return call;
  }),
  messages,
  check: {
    *dockerfile(dockerfile, { messages }) {
      const call = initCall(plannedStart(dockerfile)?.argv ?? []);
      if (call === null) return;
      const { instruction } = dockerfile.config.entrypoint;
      const range = call.word.range ?? (instruction ?? dockerfile.target.from).range;
      const at = inText(dockerfile.path, instruction === null ? dockerfile.target.from.range : range);
      const evidence = { init: call.init };
      if (call.init === "s6") {
        if (!bringsS6(dockerfile)) return;
        const env = (name: string): string | null | undefined => {
          const value = dockerfile.config.env.get(name);
          return value === undefined || value.known ? value?.value : null;
        };
        const composed = graceOf(env, messages);
        if (composed !== null) yield { ...composed, at, severity: "warning", evidence };
        return;
      }
      if (isWithoutProgram(call)) {
        const { presence } = trainIn(dockerfile);
        if (call.init === "tini" || presence === "present") return;
        const severity: Severity = presence === "absent" ? "error" : "warning";
        yield { ...withoutProgram(call, messages), at, severity, evidence };
        return;
      }
      const posix = dockerfile.config.env.has("POSIXLY_CORRECT");
      const libc = posix ? "musl" : initLibcOf(dockerfile, call.word.value ?? "");
      const found = judged(call, libc, messages);
      if (found === null) return;
      const fix = insertion(dockerfile, call);
      yield { ...found.composed, at, severity: found.severity, evidence, ...(fix === null ? {} : { fix }) };
    },
    *image(image, { messages }) {
      const call = initCall(imageLaunch(image.config));
      if (call === null) return;
      const at = { kind: "image-config", image: image.name, pointer: "/config/Entrypoint" } as const;
      const evidence = { init: call.init };
      const files = imageFiles(image);
      const env = environmentOf(image.config);
      if (call.init === "s6") {
        const composed = isS6(files) ? graceOf((name) => env.get(name), messages) : null;
        if (composed !== null) yield { ...composed, at, severity: "warning", evidence };
        return;
      }
      if (isWithoutProgram(call)) {
        if (call.init === "tini" || findCommand(image, "train").executable !== null) return;
        yield { ...withoutProgram(call, messages), at, evidence };
        return;
      }
      const libc = env.has("POSIXLY_CORRECT") ? "musl" : imageInitLibc(image, files, call.word.value ?? "");
      const found = judged(call, libc, messages);
      if (found !== null) yield { ...found.composed, at, severity: found.severity, evidence };
    },
  },
  examples: [
    {
      title: "catatonit with --",
      dockerfile: 'FROM debian:12\nENTRYPOINT ["catatonit", "--", "python3", "-u", "/x.py"]\n',
    },
    {
      title: "dumb-init needs none",
      dockerfile: 'FROM debian:12\nENTRYPOINT ["dumb-init", "python3", "-u", "/x.py"]\n',
    },
    {
      title: "nor does a build with musl",
      dockerfile: 'FROM alpine:3\nENTRYPOINT ["catatonit", "/run", "-u"]\n',
    },
    {
      title: "s6-overlay with a long grace",
      dockerfile:
        'FROM debian:12\nADD https://github.com/just-containers/s6-overlay/releases/download/v3.2.0.0/s6-overlay-noarch.tar.xz /tmp/\nRUN tar -C / -Jxpf /tmp/s6-overlay-noarch.tar.xz\nENV S6_KILL_GRACETIME=115000\nENTRYPOINT ["/init"]\n',
    },
    {
      title: "An option of Python",
      dockerfile: 'FROM debian:12\nENTRYPOINT ["catatonit", "python3", "-u", "/x.py"]\n',
      findings: [
        {
          messageId: "fails",
          severity: "error",
          message:
            'catatonit stands without "--" in front of the program and takes its option -u for one of its own, which it does not know: the job fails at once with exit code 1.',
          at: "2:13-2:24",
        },
      ],
    },
    {
      title: "An option that makes the init print its help",
      dockerfile: 'FROM debian:12\nENTRYPOINT ["tini", "python3", "/x.py", "-h"]\n',
      findings: [
        {
          messageId: "completes",
          message:
            'tini stands without "--" in front of the program and takes its option -h for one of its own: it prints a text about itself and ends with exit code 0, and the job counts as completed without training.',
          at: "2:13-2:19",
        },
      ],
    },
    {
      title: "tini's -e",
      dockerfile: 'FROM debian:12\nENTRYPOINT ["tini", "python3", "/x.py", "-e", "10"]\n',
      findings: [
        {
          messageId: "masks",
          message:
            'tini stands without "--" in front of the program and takes its option -e 10 for one of its own: it turns exit code 10 of the program into 0, so that a failed job counts as completed.',
          at: "2:13-2:19",
        },
      ],
    },
    {
      title: "An option that both know",
      dockerfile: 'FROM debian:12\nENTRYPOINT ["tini", "python3", "/x.py", "-v"]\n',
      findings: [
        {
          messageId: "lost",
          message:
            'tini stands without "--" in front of the program and takes its option -v for one of its own: the program never sees it.',
          at: "2:13-2:19",
        },
      ],
    },
    {
      title: "No options yet",
      dockerfile: 'FROM debian:12\nENTRYPOINT ["catatonit", "python3", "/x.py"]\n',
      findings: [
        {
          messageId: "noSeparator",
          severity: "warning",
          message:
            'catatonit stands without "--" in front of the program: as written it works, but it takes the first option that is added behind the program for one of its own.',
          at: "2:13-2:24",
        },
      ],
    },
    {
      title: "A base image that may have musl",
      dockerfile:
        'FROM registry.example.com/team/base:1\nENTRYPOINT ["catatonit", "python3", "-u", "/x.py"]\n',
      findings: [
        {
          messageId: "fails",
          severity: "warning",
          message:
            'catatonit stands without "--" in front of the program and takes its option -u for one of its own, which it does not know: the job fails at once with exit code 1.',
          at: "2:13-2:24",
        },
      ],
    },
    {
      title: "No program",
      dockerfile: 'FROM debian:12\nENTRYPOINT ["dumb-init", "--"]\nCMD ["python3", "/x.py"]\n',
      findings: [
        {
          messageId: "noProgram",
          message:
            'dumb-init has no program behind it: SageMaker\'s argument "train" becomes the program, and where no executable train is on PATH the job fails with "[dumb-init] train: No such file or directory".',
          at: "2:13-2:24",
        },
      ],
    },
    {
      title: "An image that starts catatonit alone",
      image: composeImage({ config: { Entrypoint: ["/usr/bin/catatonit", "--"] } }),
      findings: [
        {
          messageId: "noProgram",
          message:
            'catatonit has no program behind it: SageMaker\'s argument "train" becomes the program, and where no executable train is on PATH the job fails with "failed to exec pid1: No such file or directory".',
          at: "/config/Entrypoint",
        },
      ],
    },
    {
      title: "s6-overlay",
      image: composeImage({
        config: { Entrypoint: ["/init"] },
        files: { "/init": "#!/bin/sh -e\n# s6-overlay\nexec /package/admin/s6-overlay/libexec/preinit\n" },
      }),
      findings: [
        {
          messageId: "shortGrace",
          severity: "warning",
          message:
            "s6-overlay is the entrypoint: at a stop it ends the program by its own rules and kills it after 3000 milliseconds (S6_KILL_GRACETIME) instead of SageMaker's 120 seconds.",
          at: "/config/Entrypoint",
        },
      ],
    },
  ],
});

function isWithoutProgram({ program }: InitCall): boolean {
  return program.length <= 1;
}

function withoutProgram(call: InitCall, compose: Composers<typeof messages>): ComposedMessage {
  const said =
    call.init === "dumb-init"
      ? "[dumb-init] train: No such file or directory"
      : "failed to exec pid1: No such file or directory";
  return compose.noProgram({ init: initLabel(call), said });
}

/** What is wrong with an init that has a program; an error where its C library is known to permute. */
function judged(
  call: InitCall,
  libc: InitLibc,
  compose: Composers<typeof messages>,
): { composed: ComposedMessage; severity: Severity } | null {
  if (call.separator || libc === "musl" || (call.init !== "tini" && call.init !== "catatonit")) return null;
  const init = initLabel(call);
  if (call.eaten === null) return { composed: compose.noSeparator({ init }), severity: "warning" };
  return {
    composed: eatenMessage(init, call.eaten, compose),
    severity: libc === "glibc" ? "error" : "warning",
  };
}

function eatenMessage(init: string, eaten: Eaten, compose: Composers<typeof messages>): ComposedMessage {
  const { option } = eaten;
  if (eaten.effect === "masks") return compose.masks({ init, option, code: eaten.code });
  return compose[eaten.effect]({ init, option });
}

/** Whether the file brings s6-overlay: /init alone may be anything. */
function bringsS6(dockerfile: DockerfileModel): boolean {
  const named = (text: string | null): boolean => text !== null && /s6-overlay/.test(text);
  if (dockerfile.base.kind === "image" && /(?:^|\/)linuxserver\//.test(dockerfile.base.reference))
    return true;
  return (
    dockerfile.effects.some((effect) => effect.kind === "place" && effect.sources.some(named)) ||
    dockerfile.commands.some((command) => command.argv.some((word) => named(word.value)))
  );
}

function isS6(files: ProgramFiles): boolean {
  return /\bs6-/.test(files.program("/init")?.text?.text ?? "");
}

function graceOf(
  env: (name: string) => string | null | undefined,
  compose: Composers<typeof messages>,
): ComposedMessage | null {
  const grace = env("S6_KILL_GRACETIME") ?? (env("S6_KILL_GRACETIME") === null ? null : "3000");
  const signals = env("S6_CMD_RECEIVE_SIGNALS");
  // Zero waits for ever.
  if (grace === null || Number(grace) === 0 || Number(grace) >= ENOUGH_GRACE) return null;
  return signals === undefined || signals === "" || signals === "0" ? compose.shortGrace({ grace }) : null;
}

/** Puts `--` in front of the program, in exec form. */
function insertion(dockerfile: DockerfileModel, call: InitCall): Fix | null {
  const { entrypoint } = dockerfile.config;
  const first = call.program[0]?.range ?? null;
  if (!entrypoint.known || entrypoint.value?.form !== "exec" || entrypoint.instruction === null) return null;
  if (first === null) return null;
  return {
    description: 'Write "--" between the init and the program',
    safe: true,
    path: dockerfile.path,
    edits: [{ range: { start: first.start, end: first.start }, replacement: '"--", ' }],
  };
}
