import type { JobModel } from "../../core/job/model.ts";
import { listAt, placeOf, stringAt } from "../../core/job/request.ts";
import { defineRule } from "../../core/rule.ts";

interface Repeated {
  readonly list: string;
  readonly member: string;
  readonly name: string;
  readonly index: number;
  /** The first item of the name. */
  readonly first: number;
}

/** Names in a list that an earlier item has already. */
function* repeatedIn(job: JobModel, list: string, member: string): Generator<Repeated> {
  const first = new Map<string, number>();
  for (const index of listAt(job, list).keys()) {
    const name = stringAt(job, list, index, member);
    if (name === null) continue;
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    else yield { list, member, name, index, first: before };
  }
}

const placesOf = (job: JobModel, { list, member, index, first, name }: Repeated) => ({
  at: placeOf(job, list, index, member),
  related: [{ message: `the other "${name}"`, location: placeOf(job, list, first, member) }],
});

export const uniqueNames = defineRule({
  id: "TL625",
  name: "unique-names",
  summary: "Two tags, channels or rule configurations of one name",
  rationale:
    "The API reference asks for tag keys and names of rule configurations that are unique. A channel's name is the name of its folder below /opt/ml/input/data and its key in inputdataconfig.json, so of two channels with one name the container can have only one.",
  refs: [
    {
      title: "API reference: Tag",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html",
    },
    {
      title: "API reference: Channel",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html",
    },
  ],
  severity: "error",
  precision: "high",
  options: {},
  messages: {
    tag: ({ name }: { name: string }) => ({
      message: `Two tags have the key "${name}": the API asks for unique tag keys.`,
      help: "Remove one of them, or give it another key.",
    }),
    channel: ({ name }: { name: string }) => ({
      message: `Two channels are called "${name}", and both would be /opt/ml/input/data/${name} in the container.`,
      help: "Give each channel a name of its own.",
    }),
    ruleConfiguration: ({ name, list }: { name: string; list: string }) => ({
      message: `Two entries of ${list} are called "${name}": the API asks for unique names of rule configurations.`,
      help: "Give each rule configuration a name of its own.",
    }),
  },
  check: {
    *job(job, { messages }) {
      for (const tag of repeatedIn(job, "Tags", "Key")) yield { ...messages.tag(tag), ...placesOf(job, tag) };
      for (const channel of repeatedIn(job, "InputDataConfig", "ChannelName")) {
        yield { ...messages.channel(channel), ...placesOf(job, channel), severity: "warning" };
      }
      for (const list of ["DebugRuleConfigurations", "ProfilerRuleConfigurations"]) {
        for (const entry of repeatedIn(job, list, "RuleConfigurationName")) {
          yield { ...messages.ruleConfiguration(entry), ...placesOf(job, entry) };
        }
      }
    },
  },
  examples: [
    {
      title: "Names of their own, and names that are not known",
      job: '{ "Tags": [{ "Key": "a", "Value": "1" }, { "Key": "A", "Value": "1" }, { "Key": "<your-key>" }, { "Key": "<your-key>" }] }',
    },
    {
      title: "A tag key twice",
      job: '{ "Tags": [{ "Key": "team", "Value": "a" }, { "Key": "team", "Value": "b" }] }',
      findings: [
        {
          messageId: "tag",
          message: 'Two tags have the key "team": the API asks for unique tag keys.',
          at: "1:54-1:60",
        },
      ],
    },
    {
      title: "A channel twice",
      job: '{\n  "InputDataConfig": [\n    { "ChannelName": "train" },\n    { "ChannelName": "train" }\n  ]\n}',
      findings: [
        {
          messageId: "channel",
          message:
            'Two channels are called "train", and both would be /opt/ml/input/data/train in the container.',
          at: "4:22-4:29",
          severity: "warning",
        },
      ],
    },
    {
      title: "A rule configuration twice",
      job: '{ "DebugRuleConfigurations": [{ "RuleConfigurationName": "loss" }, { "RuleConfigurationName": "loss" }] }',
      findings: [
        {
          messageId: "ruleConfiguration",
          message:
            'Two entries of DebugRuleConfigurations are called "loss": the API asks for unique names of rule configurations.',
          at: "1:95-1:101",
        },
      ],
    },
  ],
});
