import { defineInputRule } from "../../core/input-rule.ts";

export const inputNotRead = defineInputRule({
  id: "TL901",
  name: "input-not-read",
  summary: "A file is not what it was given as, so nothing in it was judged",
  rationale: `The file can't be read as a Dockerfile or as a training-job request. No rule has looked at it, which is
not a pass: the command ends with exit code 2. Other files of the same run are still judged and reported.`,
  refs: [{ title: "Dockerfile reference", url: "https://docs.docker.com/reference/dockerfile/" }],
  severity: "error",
  precision: "very-high",
  messages: {
    notRead: ({ reason, help }: { reason: string; help: string | undefined }) => ({
      message: `This file could not be judged: ${reason}`,
      help: help ?? "Correct the file, or leave it out with `exclude` in .trainlint.yaml.",
    }),
  },
  examples: [
    {
      title: "No stage to build",
      dockerfile: 'ENTRYPOINT ["/train"]\n',
      findings: [
        {
          messageId: "notRead",
          message:
            "This file could not be judged: The builder refuses this file: ENTRYPOINT stands before the first FROM.",
          at: "1:1-1:2",
        },
      ],
    },
  ],
});
