import { closest } from "../../core/closest.ts";
import { shorten } from "../../core/job/check-shapes.ts";
import type { JobNote } from "../../core/job/model.ts";
import { cliOptions } from "../../core/job/options.ts";
import { textPlace } from "../../core/job/request.ts";
import type { ComposedMessage, Composers, Report } from "../../core/rule.ts";

import { defineRule } from "../../core/rule.ts";

/** Kinds of which the first is enough. */
const ONCE: ReadonlySet<string> = new Set([
  "comment",
  "trailing-comma",
  "backslash-in-quotes",
  "more-commands",
]);

/** What can be read past without a doubt about its meaning is a warning. */
const SEVERITY: { readonly [kind: string]: "warning" | "info" } = {
  comment: "warning",
  "byte-order-mark": "warning",
  "carriage-return": "warning",
  "trailing-comma": "warning",
  "backslash-in-quotes": "warning",
  "duplicate-key": "warning",
  "unread-file": "info",
  "more-commands": "info",
};

const messages = {
  comment: (_: object) => ({
    message: "The request holds a comment, which is not JSON: the AWS CLI and boto3 refuse it.",
    help: "Remove the comments, or write the request as YAML and give it with --cli-input-yaml.",
  }),
  byteOrderMark: (_: object) => ({
    message: "The file begins with a byte order mark, which is not JSON: the AWS CLI refuses it.",
    help: "Save it as UTF-8 without a byte order mark (in PowerShell: Set-Content -Encoding utf8NoBOM).",
  }),
  carriageReturn: (_: object) => ({
    message:
      "The lines end in carriage returns (Windows line endings), in front of which a backslash continues nothing: bash ends the command with this line.",
    help: "Save the script with LF line endings, and set *.sh text eol=lf in .gitattributes.",
  }),
  trailingComma: (_: object) => ({
    message: "A comma stands before a closing bracket, which is not JSON: the AWS CLI and boto3 refuse it.",
    help: "Remove the comma.",
  }),
  duplicateKey: ({ subject }: { subject: string }) => ({
    message: `${subject} is given twice; only the last one counts.`,
    help: "Remove the one that is not meant.",
  }),
  backslash: (_: object) => ({
    message:
      "A backslash at the end of a line inside of single quotes is part of the text and does not continue the line: the JSON is not valid, and the AWS CLI refuses it.",
    help: "Remove the backslashes between the single quotes; the text there may run over several lines as it is.",
  }),
  unknownOption: ({ subject, near }: { subject: string; near: string | null }) => ({
    message: `aws sagemaker create-training-job has no option ${subject}: the AWS CLI refuses the command.`,
    help: `${near === null ? "" : `Did you mean --${near}? `}An option is the member's name in lower case with hyphens, such as --role-arn.`,
  }),
  surplusWord: ({ subject }: { subject: string }) => ({
    message: `"${shorten(subject)}" is a word of its own that belongs to no option: the AWS CLI refuses the command (Unknown options).`,
    help: "Join the parts of a value by commas without blanks, as in Key=Value,Key2=Value2, or put quotes around all of it.",
  }),
  braceExpansion: ({ subject }: { subject: string }) => ({
    message: `bash takes the braces of ${shorten(subject)} apart into several words, so the AWS CLI gets something else.`,
    help: "Put quotes around the value, as in 'Key={Inner=a,Other=b}'.",
  }),
  spaceAfterBackslash: (_: object) => ({
    message:
      "A blank stands behind the backslash, so the command ends with this line: the AWS CLI refuses it, and what follows is run as a command of its own.",
    help: "Remove the blank behind the backslash.",
  }),
  missingValue: ({ subject }: { subject: string }) => ({
    message: `The option ${subject} has no value: the AWS CLI refuses the command.`,
    help: "Give its value behind it.",
  }),
  unreadable: ({ subject }: { subject: string }) => ({
    message: `This value can't be read: ${subject}. The AWS CLI refuses it too.`,
    help: "Write JSON, or the shorthand syntax Key=Value,Key2=Value2.",
  }),
  unreadFile: ({ subject }: { subject: string }) => ({
    message: `${subject} could not be read, so what it gives is not checked.`,
    help: "Run trainlint where the file is, or give it the file itself.",
  }),
  moreCommands: (_: object) => ({
    message:
      "The script creates more than one training job: all are checked, and a smoke run follows the first one.",
    help: "Nothing to change; to run another one, give its request as a file of its own.",
  }),
};

function compose({ kind, subject }: JobNote, say: Composers<typeof messages>): ComposedMessage {
  switch (kind) {
    case "comment":
      return say.comment({});
    case "byte-order-mark":
      return say.byteOrderMark({});
    case "carriage-return":
      return say.carriageReturn({});
    case "trailing-comma":
      return say.trailingComma({});
    case "duplicate-key":
      return say.duplicateKey({ subject });
    case "backslash-in-quotes":
      return say.backslash({});
    case "unknown-option": {
      const near = closest(subject.replace(/^--/, ""), [...cliOptions().keys()]);
      return say.unknownOption({ subject, near });
    }
    case "surplus-word":
      return say.surplusWord({ subject });
    case "brace-expansion":
      return say.braceExpansion({ subject });
    case "space-after-backslash":
      return say.spaceAfterBackslash({});
    case "missing-value":
      return say.missingValue({ subject });
    case "unreadable-value":
      return say.unreadable({ subject });
    case "unread-file":
      return say.unreadFile({ subject });
    case "more-commands":
      return say.moreCommands({});
  }
}

export const requestNotation = defineRule({
  id: "TL616",
  name: "request-notation",
  summary: "Writing that the AWS CLI refuses, or that could not be followed",
  rationale:
    "trainlint reads past comments, trailing commas and repeated keys to say as much as it can; the AWS CLI does not. In a script, a backslash at the end of a line continues the line only outside of single quotes; inside them it is part of the text, and the JSON there is not valid.",
  refs: [
    {
      title: "Shorthand syntax and JSON in the AWS CLI, user guide",
      url: "https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  messages,
  check: {
    *job(job, { messages: say }) {
      const seen = new Set<string>();
      for (const note of job.notes) {
        // One finding says it for all backslashes, comments or commas of the file.
        if (ONCE.has(note.kind) && seen.has(note.kind)) continue;
        seen.add(note.kind);
        const severity = SEVERITY[note.kind];
        const report: Report = { ...compose(note, say), at: textPlace(note.range) };
        yield severity === undefined ? report : { ...report, severity };
      }
    },
  },
  examples: [
    { title: "Plain JSON", job: '{ "TrainingJobName": "demo" }' },
    {
      title: "A comment and a trailing comma",
      job: '{\n  // the name\n  "TrainingJobName": "demo",\n}\n',
      findings: [
        {
          messageId: "comment",
          severity: "warning",
          message: "The request holds a comment, which is not JSON: the AWS CLI and boto3 refuse it.",
          at: "2:3-2:14",
        },
        {
          messageId: "trailingComma",
          severity: "warning",
          message:
            "A comma stands before a closing bracket, which is not JSON: the AWS CLI and boto3 refuse it.",
          at: "3:28-3:29",
        },
      ],
    },
    {
      title: "What Windows leaves in a file: a byte order mark",
      job: '\uFEFF{ "TrainingJobName": "demo" }',
      findings: [
        {
          messageId: "byteOrderMark",
          severity: "warning",
          message: "The file begins with a byte order mark, which is not JSON: the AWS CLI refuses it.",
          at: "1:1-1:2",
        },
      ],
    },
    {
      title: "Carriage returns",
      job: "aws sagemaker create-training-job \\\r\n  --training-job-name demo\r\n",
      findings: [
        {
          messageId: "carriageReturn",
          severity: "warning",
          message:
            "The lines end in carriage returns (Windows line endings), in front of which a backslash continues nothing: bash ends the command with this line.",
          at: "1:35-1:36",
        },
      ],
    },
    {
      title: "A key twice",
      job: '{\n  "TrainingJobName": "demo",\n  "TrainingJobName": "other"\n}\n',
      findings: [
        {
          messageId: "duplicateKey",
          severity: "warning",
          message: "TrainingJobName is given twice; only the last one counts.",
          at: "3:3-3:20",
        },
      ],
    },
    {
      title: "A backslash inside of single quotes",
      job: "aws sagemaker create-training-job \\\n  --stopping-condition '{ \\\n    \"MaxRuntimeInSeconds\": 3600 }'\n",
      findings: [
        {
          messageId: "backslash",
          severity: "warning",
          message:
            "A backslash at the end of a line inside of single quotes is part of the text and does not continue the line: the JSON is not valid, and the AWS CLI refuses it.",
          at: "2:27-2:28",
        },
      ],
    },
    {
      title: "Options that do not fit",
      job: "aws sagemaker create-training-job --rolearn x --role-arn --stopping-condition '{'\n",
      findings: [
        {
          messageId: "unknownOption",
          message:
            "aws sagemaker create-training-job has no option --rolearn: the AWS CLI refuses the command.",
          at: "1:35-1:44",
        },
        {
          messageId: "missingValue",
          message: "The option --role-arn has no value: the AWS CLI refuses the command.",
          at: "1:47-1:57",
        },
        {
          messageId: "unreadable",
          message: "This value can't be read: close brace expected. The AWS CLI refuses it too.",
          at: "1:80-1:81",
        },
      ],
    },
    {
      title: "A file that is not at hand, and a second command",
      job: "aws sagemaker create-training-job --cli-input-json file://job.json\naws sagemaker create-training-job --training-job-name second\n",
      findings: [
        {
          messageId: "unreadFile",
          severity: "info",
          message: "job.json could not be read, so what it gives is not checked.",
          at: "1:52-1:67",
        },
        {
          messageId: "moreCommands",
          severity: "info",
          message:
            "The script creates more than one training job: all are checked, and a smoke run follows the first one.",
          at: "2:1-2:61",
        },
      ],
    },
    {
      title: "Braces without quotes",
      job: "aws sagemaker create-training-job \\\n  --input-data-config ChannelName=a,DataSource={S3DataSource={S3DataType=S3Prefix,S3Uri=s3://b/c}}\n",
      findings: [
        {
          messageId: "braceExpansion",
          message:
            "bash takes the braces of ChannelName=a,DataSource={S3DataSource={S3DataType=S3Pref... apart into several words, so the AWS CLI gets something else.",
          at: "2:23-2:99",
        },
      ],
    },
    {
      title: "Words that belong to no option, and a blank behind the backslash",
      job: "aws sagemaker create-training-job \\\n  --algorithm-specification TrainingImage=demo, \\\n    TrainingInputMode=File \\\n  --role-arn x \\ \n  --tags Key=a,Value=b\n",
      findings: [
        {
          messageId: "surplusWord",
          message:
            '"TrainingInputMode=File" is a word of its own that belongs to no option: the AWS CLI refuses the command (Unknown options).',
          at: "3:5-3:27",
        },
        {
          messageId: "spaceAfterBackslash",
          message:
            "A blank stands behind the backslash, so the command ends with this line: the AWS CLI refuses it, and what follows is run as a command of its own.",
          at: "4:16-4:18",
        },
      ],
    },
  ],
});
