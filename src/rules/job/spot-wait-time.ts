import { has, keyPlaceOf, lacks, numberAt, placeOf, valueAt } from "../../core/job/request.ts";
import { defineRule } from "../../core/rule.ts";

/** Seconds; MaxRuntimeInSeconds where the request does not give it. */
const DEFAULT_RUNTIME = 86_400;

export const spotWaitTime = defineRule({
  id: "TL608",
  name: "spot-wait-time",
  summary: "Managed spot training without a MaxWaitTimeInSeconds that covers the run",
  rationale:
    "MaxWaitTimeInSeconds is the whole time of a spot job, waiting and running together. SageMaker asks for it with EnableManagedSpotTraining, and it must be at least MaxRuntimeInSeconds (one day where that is not given). Without CheckpointConfig, an interrupted job begins again.",
  refs: [
    {
      title: "Managed spot training, Amazon SageMaker developer guide",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  messages: {
    missing: (_: object) => ({
      message:
        "EnableManagedSpotTraining is on and StoppingCondition has no MaxWaitTimeInSeconds: CreateTrainingJob refuses the request.",
      help: "Add MaxWaitTimeInSeconds, at least as long as MaxRuntimeInSeconds.",
    }),
    shorter: ({ wait, runtime }: { wait: number; runtime: string }) => ({
      message: `MaxWaitTimeInSeconds (${wait}) is shorter than MaxRuntimeInSeconds (${runtime}): CreateTrainingJob refuses the request.`,
      help: "MaxWaitTimeInSeconds counts waiting and running together; make it at least as long as MaxRuntimeInSeconds.",
    }),
    noCheckpoint: (_: object) => ({
      message:
        "The job runs on spot instances and has no CheckpointConfig: after an interruption it begins again from nothing.",
      help: "Add CheckpointConfig, and let the program write to and resume from /opt/ml/checkpoints.",
    }),
    notSpot: (_: object) => ({
      message:
        "MaxWaitTimeInSeconds has a meaning for managed spot training only, and EnableManagedSpotTraining is not on.",
      help: 'Add "EnableManagedSpotTraining": true, or remove MaxWaitTimeInSeconds.',
    }),
  },
  check: {
    *job(job, { messages }) {
      const wait = ["StoppingCondition", "MaxWaitTimeInSeconds"] as const;
      const runtime = ["StoppingCondition", "MaxRuntimeInSeconds"] as const;
      const spot = valueAt(job, "EnableManagedSpotTraining");
      if (spot !== true) {
        const off = spot === false || lacks(job, "EnableManagedSpotTraining");
        if (off && has(job, ...wait)) {
          yield { ...messages.notSpot({}), at: keyPlaceOf(job, ...wait), severity: "info" };
        }
        return;
      }
      if (lacks(job, ...wait)) {
        yield { ...messages.missing({}), at: keyPlaceOf(job, "EnableManagedSpotTraining") };
      }
      const seconds = numberAt(job, ...wait);
      const limit = lacks(job, ...runtime) ? DEFAULT_RUNTIME : numberAt(job, ...runtime);
      if (seconds !== null && limit !== null && seconds < limit) {
        const spoken = has(job, ...runtime) ? String(limit) : `${limit}, its default`;
        yield { ...messages.shorter({ wait: seconds, runtime: spoken }), at: placeOf(job, ...wait) };
      }
      if (lacks(job, "CheckpointConfig")) {
        yield {
          ...messages.noCheckpoint({}),
          at: keyPlaceOf(job, "EnableManagedSpotTraining"),
          severity: "info",
        };
      }
    },
  },
  examples: [
    {
      title: "Waiting and running fit",
      job: '{\n  "EnableManagedSpotTraining": true,\n  "CheckpointConfig": { "S3Uri": "s3://demo/checkpoints" },\n  "StoppingCondition": { "MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 3600 }\n}\n',
    },
    {
      title: "No waiting time",
      job: '{\n  "EnableManagedSpotTraining": true,\n  "CheckpointConfig": { "S3Uri": "s3://demo/checkpoints" },\n  "StoppingCondition": { "MaxRuntimeInSeconds": 3600 }\n}\n',
      findings: [
        {
          messageId: "missing",
          message:
            "EnableManagedSpotTraining is on and StoppingCondition has no MaxWaitTimeInSeconds: CreateTrainingJob refuses the request.",
          at: "2:3-2:30",
        },
      ],
    },
    {
      title: "Shorter than the run, and no checkpoints",
      job: '{\n  "EnableManagedSpotTraining": true,\n  "StoppingCondition": { "MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 3599 }\n}\n',
      findings: [
        {
          messageId: "noCheckpoint",
          severity: "info",
          message:
            "The job runs on spot instances and has no CheckpointConfig: after an interruption it begins again from nothing.",
          at: "2:3-2:30",
        },
        {
          messageId: "shorter",
          message:
            "MaxWaitTimeInSeconds (3599) is shorter than MaxRuntimeInSeconds (3600): CreateTrainingJob refuses the request.",
          at: "3:79-3:83",
        },
      ],
    },
    {
      title: "A waiting time without spot",
      job: '{\n  "EnableManagedSpotTraining": false,\n  "StoppingCondition": { "MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200 }\n}\n',
      findings: [
        {
          messageId: "notSpot",
          severity: "info",
          message:
            "MaxWaitTimeInSeconds has a meaning for managed spot training only, and EnableManagedSpotTraining is not on.",
          at: "3:55-3:77",
        },
      ],
    },
  ],
});
