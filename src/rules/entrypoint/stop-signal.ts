import type { DockerfileModel, Instruction } from "../../core/dockerfile/model.ts";
import { removalOf } from "../../core/dockerfile/removal.ts";
import { signalName } from "../../core/entrypoint/signal-names.ts";
import { type Fix, inText } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { type Composers, defineRule } from "../../core/rule.ts";

/** Signals that no program can handle. */
const NOT_HANDLED = new Set(["SIGKILL", "SIGSTOP"]);

const messages = {
  other: ({ signal }: { signal: string }) => ({
    message: `STOPSIGNAL is ${signal}: SageMaker documents that a job is stopped with SIGTERM, and whether it goes by STOPSIGNAL is not documented. A program that waits only for the one may get only the other, and is killed after 120 seconds without saving.`,
    help: "Remove STOPSIGNAL and handle SIGTERM in the program.",
  }),
  notHandled: ({ signal }: { signal: string }) => ({
    message: `STOPSIGNAL is ${signal}, which no program can handle: where the engine goes by it, a stopped job loses what it has not saved at once, without the 120 seconds that SIGTERM leaves it.`,
    help: "Remove STOPSIGNAL and handle SIGTERM in the program.",
  }),
};

/** TL109: SageMaker's stop is SIGTERM. */
export const stopSignal = defineRule({
  id: "TL109",
  name: "stop-signal",
  summary: "STOPSIGNAL other than SIGTERM",
  rationale: `SageMaker stops a training container with SIGTERM, and with SIGKILL after 120 seconds. STOPSIGNAL makes
\`docker stop\` send another signal instead (a container with \`STOPSIGNAL SIGINT\` gets SIGINT, and Python raises
KeyboardInterrupt); nobody has documented whether SageMaker's stop does the same. A program that is tested with
\`docker stop\` on such an image proves nothing about SIGTERM. \`SIGTERM\`, \`TERM\` and \`15\` are the same signal.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    {
      title: "Dockerfile reference: STOPSIGNAL",
      url: "https://docs.docker.com/reference/dockerfile/#stopsignal",
    },
  ],
  severity: "warning",
  precision: "very-high",
  assumes: [],
  options: {},
  needs: { depth: "config" },
  messages,
  check: {
    *dockerfile(dockerfile, { messages }) {
      const { stopSignal: setting } = dockerfile.config;
      if (!setting.known || setting.value === null || setting.instruction === null) return;
      const composed = judge(setting.value, messages);
      if (composed === null) return;
      yield {
        ...composed,
        at: inText(dockerfile.path, setting.instruction.range),
        evidence: { stopSignal: setting.value },
        ...removal(dockerfile, setting.instruction),
      };
    },
    *image(image, { messages }) {
      const signal = image.config.StopSignal;
      const composed = signal === null ? null : judge(signal, messages);
      if (composed === null) return;
      yield {
        ...composed,
        at: { kind: "image-config", image: image.name, pointer: "/config/StopSignal" },
        evidence: { stopSignal: signal },
      };
    },
  },
  examples: [
    {
      title: "No STOPSIGNAL",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
    },
    { title: "The same signal by number", dockerfile: "FROM python:3.12\nSTOPSIGNAL 15\n" },
    { title: "The same signal, short", image: composeImage({ config: { StopSignal: "term" } }) },
    {
      title: "Another signal",
      dockerfile: "FROM python:3.12\nSTOPSIGNAL SIGINT\n",
      findings: [
        {
          messageId: "other",
          severity: "warning",
          message:
            "STOPSIGNAL is SIGINT: SageMaker documents that a job is stopped with SIGTERM, and whether it goes by STOPSIGNAL is not documented. A program that waits only for the one may get only the other, and is killed after 120 seconds without saving.",
          at: "2:1-2:18",
        },
      ],
    },
    {
      title: "An image that is stopped with SIGKILL",
      image: composeImage({ config: { StopSignal: "9" } }),
      findings: [
        {
          messageId: "notHandled",
          message:
            "STOPSIGNAL is SIGKILL, which no program can handle: where the engine goes by it, a stopped job loses what it has not saved at once, without the 120 seconds that SIGTERM leaves it.",
          at: "/config/StopSignal",
        },
      ],
    },
  ],
});

function judge(written: string, compose: Composers<typeof messages>) {
  const signal = signalName(written);
  if (signal === "SIGTERM") return null;
  return NOT_HANDLED.has(signal) ? compose.notHandled({ signal }) : compose.other({ signal });
}

function removal(dockerfile: DockerfileModel, instruction: Instruction): { fix?: Fix } {
  const edit = removalOf(dockerfile, instruction);
  if (edit === null) return {};
  const description = "Remove STOPSIGNAL, so that the container is stopped with SIGTERM";
  return { fix: { description, safe: true, path: dockerfile.path, edits: [edit] } };
}
