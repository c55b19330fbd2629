import { numberAt, placeOf } from "../../core/job/request.ts";
import { defineRule } from "../../core/rule.ts";
import { NEVER_READY, secondsToReady } from "../../core/run/story.ts";
import { transcriptOf } from "../../core/run/transcript.ts";

/** Seconds between SIGTERM and SIGKILL. */
const GRACE = 120;

/** 28 days. */
const LONGEST = 2_419_200;

const readyAfter = (seconds: number, by: string) =>
  transcriptOf({
    events: [
      { name: "created", at: 0 },
      { name: "started", at: 0.3 },
      { name: "ready", at: 0.3 + seconds },
      { name: "sigterm", at: 0.4 + seconds },
      { name: "exited", at: 1 + seconds },
    ],
    readiness: { by, detail: "epoch 1" },
  });

export const stopTime = defineRule({
  id: "TL612",
  name: "stop-time",
  summary: "A MaxRuntimeInSeconds that leaves no time to work, or that the service does not allow",
  rationale:
    "When MaxRuntimeInSeconds is over, SageMaker sends SIGTERM and, 120 seconds later, SIGKILL. A limit shorter than that grace is shorter than the time that is given for saving. The longest run is 28 days.",
  refs: [
    {
      title: "How Amazon SageMaker runs your training image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
  ],
  severity: "warning",
  precision: "high",
  options: {},
  messages: {
    short: ({ seconds }: { seconds: number }) => ({
      message: `MaxRuntimeInSeconds is ${seconds}, which is shorter than the 120 seconds that SageMaker waits between SIGTERM and SIGKILL: the job is stopped almost as soon as it starts.`,
      help: "Give the training the time that it needs, and some more.",
    }),
    long: ({ seconds }: { seconds: number }) => ({
      message: `MaxRuntimeInSeconds is ${seconds}; the API reference names 28 days (2419200) as the longest run.`,
      help: "Choose at most 2419200, and resume from checkpoints in a further job.",
    }),
    beforeReady: ({ seconds, waited, seen }: { seconds: number; waited: number; seen: boolean }) => ({
      message: `MaxRuntimeInSeconds is ${seconds}, and in the smoke run the training was ${seen ? "at work only" : "not at work even"} ${waited} seconds after its start: SageMaker stops it before it has done anything.`,
      help: "Give the training the time that its start and its work need, and some more.",
    }),
  },
  check: {
    *job(job, { messages }) {
      const seconds = numberAt(job, "StoppingCondition", "MaxRuntimeInSeconds");
      if (seconds === null || seconds < 1) return;
      const at = placeOf(job, "StoppingCondition", "MaxRuntimeInSeconds");
      if (seconds < GRACE) yield { ...messages.short({ seconds }), at };
      else if (seconds > LONGEST) yield { ...messages.long({ seconds }), at };
    },
    *"job+run"({ job, run }, { messages }) {
      const seconds = numberAt(job, "StoppingCondition", "MaxRuntimeInSeconds");
      const waited = secondsToReady(run);
      if (seconds === null || seconds < 1 || waited === null || waited < seconds) return;
      const at = placeOf(job, "StoppingCondition", "MaxRuntimeInSeconds");
      const seen = run.readiness?.by !== NEVER_READY;
      yield { ...messages.beforeReady({ seconds, waited, seen }), at };
    },
  },
  examples: [
    { title: "One hour", job: '{ "StoppingCondition": { "MaxRuntimeInSeconds": 3600 } }' },
    {
      title: "A minute",
      job: '{ "StoppingCondition": { "MaxRuntimeInSeconds": 60 } }',
      findings: [
        {
          messageId: "short",
          message:
            "MaxRuntimeInSeconds is 60, which is shorter than the 120 seconds that SageMaker waits between SIGTERM and SIGKILL: the job is stopped almost as soon as it starts.",
          at: "1:49-1:51",
        },
      ],
    },
    {
      title: "Thirty days",
      job: '{ "StoppingCondition": { "MaxRuntimeInSeconds": 2592000 } }',
      findings: [
        {
          messageId: "long",
          message:
            "MaxRuntimeInSeconds is 2592000; the API reference names 28 days (2419200) as the longest run.",
          at: "1:49-1:56",
        },
      ],
    },
    {
      title: "Ready in time",
      job: '{ "StoppingCondition": { "MaxRuntimeInSeconds": 130 } }',
      run: readyAfter(100, "log"),
    },
    {
      title: "The time is over, and what was waited for did not come",
      job: '{ "StoppingCondition": { "MaxRuntimeInSeconds": 130 } }',
      run: readyAfter(130, NEVER_READY),
      findings: [
        {
          messageId: "beforeReady",
          message:
            "MaxRuntimeInSeconds is 130, and in the smoke run the training was not at work even 130 seconds after its start: SageMaker stops it before it has done anything.",
          at: "1:49-1:52",
        },
      ],
    },
    {
      title: "At work after the time",
      job: '{ "StoppingCondition": { "MaxRuntimeInSeconds": 130 } }',
      run: readyAfter(200, "log"),
      findings: [
        {
          messageId: "beforeReady",
          message:
            "MaxRuntimeInSeconds is 130, and in the smoke run the training was at work only 200 seconds after its start: SageMaker stops it before it has done anything.",
          at: "1:49-1:52",
        },
      ],
    },
    {
      title: "A time that says nothing about the start",
      job: '{ "StoppingCondition": { "MaxRuntimeInSeconds": 130 } }',
      run: readyAfter(130, "run-for"),
    },
  ],
});
