import { has, keyPlaceOf, listAt, placeOf, stringAt, valueAt } from "../../core/job/request.ts";
import { defineRule } from "../../core/rule.ts";

export const instancePreferences = defineRule({
  id: "TL619",
  name: "instance-preferences",
  summary: "InstancePreferences together with what they exclude",
  rationale:
    "InstancePreferences let SageMaker choose among instance types. They exclude InstanceType, InstanceGroups, InstancePlacementConfig and managed spot training; InstanceCount stands either on every preference or on ResourceConfig alone; each type may be named once.",
  refs: [
    {
      title: "CreateTrainingJob, Amazon SageMaker API reference",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  messages: {
    excluded: ({ member }: { member: string }) => ({
      message: `InstancePreferences can't be used together with ${member}: CreateTrainingJob refuses the request.`,
      help: `Remove ${member}, or use it instead of InstancePreferences.`,
    }),
    count: (_: object) => ({
      message:
        "InstanceCount must stand either on every preference or on ResourceConfig alone: CreateTrainingJob refuses the request.",
      help: "Give the count in one of the two ways.",
    }),
    repeated: ({ type }: { type: string }) => ({
      message: `InstancePreferences name ${type} twice: CreateTrainingJob refuses the request.`,
      help: "Name each instance type once.",
    }),
  },
  check: {
    *job(job, { messages }) {
      const list = ["ResourceConfig", "InstancePreferences"] as const;
      if (!has(job, ...list)) return;
      for (const member of ["InstanceType", "InstanceGroups", "InstancePlacementConfig"]) {
        if (!has(job, "ResourceConfig", member)) continue;
        yield { ...messages.excluded({ member }), at: keyPlaceOf(job, "ResourceConfig", member) };
      }
      if (valueAt(job, "EnableManagedSpotTraining") === true) {
        const member = "EnableManagedSpotTraining";
        yield { ...messages.excluded({ member }), at: keyPlaceOf(job, member) };
      }
      const seen = new Set<string>();
      const items = listAt(job, ...list);
      let counts = 0;
      for (const index of items.keys()) {
        if (has(job, ...list, index, "InstanceCount")) counts += 1;
        const type = stringAt(job, ...list, index, "InstanceType");
        if (type === null) continue;
        if (seen.has(type))
          yield { ...messages.repeated({ type }), at: placeOf(job, ...list, index, "InstanceType") };
        seen.add(type);
      }
      const onAll = has(job, "ResourceConfig", "InstanceCount");
      const partial = job.open.size > 0 || job.unknown.size > 0;
      if (onAll ? counts > 0 : counts < items.length && !partial)
        yield { ...messages.count({}), at: keyPlaceOf(job, ...list) };
    },
  },
  examples: [
    {
      title: "One count for all",
      job: '{ "ResourceConfig": { "InstanceCount": 1, "InstancePreferences": [{ "InstanceType": "ml.g5.xlarge" }, { "InstanceType": "ml.g6.xlarge" }] } }',
    },
    {
      title: "With an instance type, with counts in both places, and a type twice",
      job: '{\n  "EnableManagedSpotTraining": true,\n  "ResourceConfig": {\n    "InstanceType": "ml.g5.xlarge",\n    "InstanceCount": 1,\n    "InstancePreferences": [\n      { "InstanceType": "ml.g5.xlarge", "InstanceCount": 1 },\n      { "InstanceType": "ml.g5.xlarge" }\n    ]\n  }\n}\n',
      findings: [
        {
          messageId: "excluded",
          message:
            "InstancePreferences can't be used together with EnableManagedSpotTraining: CreateTrainingJob refuses the request.",
          at: "2:3-2:30",
        },
        {
          messageId: "excluded",
          message:
            "InstancePreferences can't be used together with InstanceType: CreateTrainingJob refuses the request.",
          at: "4:5-4:19",
        },
        {
          messageId: "count",
          message:
            "InstanceCount must stand either on every preference or on ResourceConfig alone: CreateTrainingJob refuses the request.",
          at: "6:5-6:26",
        },
        {
          messageId: "repeated",
          message: "InstancePreferences name ml.g5.xlarge twice: CreateTrainingJob refuses the request.",
          at: "8:25-8:39",
        },
      ],
    },
  ],
});
