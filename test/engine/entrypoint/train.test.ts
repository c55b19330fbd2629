import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runRules } from "../../../src/core/engine.ts";
import { readImage } from "../../../src/edges/images.ts";
import { trainCommandMissing as rule } from "../../../src/rules/entrypoint/train-command-missing.ts";
import { buildImage, busyboxBase, describeWithEngine, removeImage } from "../support/images.ts";
import { said } from "../support/said.ts";

/** Instructions, the message that the rule has to give (`null` for a train that runs), and what the engine says. */
const CASES: Readonly<Record<string, readonly [readonly string[], string | null, RegExp]>> = {
  "on PATH": [["COPY train /usr/bin/train"], null, /it runs/],
  "through links of folders and files": [
    ["COPY train /opt/p/train.sh", "RUN ln -s /opt /q && ln -s ../../q/p/train.sh /usr/bin/train"],
    null,
    /it runs/,
  ],
  "on a PATH of its own": [["COPY train /opt/p/train", "ENV PATH=/opt/p:/bin"], null, /it runs/],
  "by its group": [
    [
      "COPY train /usr/bin/train",
      "RUN chown 5:7 /usr/bin/train && chmod 754 /usr/bin/train && chmod 755 /usr/bin/train",
      "USER 1000:7",
    ],
    null,
    /it runs/,
  ],
  "without execute permission": [
    ["COPY train /usr/bin/train", "RUN chmod 644 /usr/bin/train"],
    "notExecutable",
    /executable file not found in \$PATH/,
  ],
  "for its owner alone": [
    ["COPY train /usr/bin/train", "RUN chmod 700 /usr/bin/train", "USER 1000"],
    "notPermitted",
    /permission denied/,
  ],
  "for its owner, who runs it": [
    [
      "COPY train /usr/bin/train",
      "RUN echo app:x:1000:1000::/:/bin/sh >> /etc/passwd && chown 1000 /usr/bin/train && chmod 700 /usr/bin/train",
      "USER app",
    ],
    null,
    /it runs/,
  ],
  "in a closed folder": [
    ["COPY train /root/bin/train", "RUN chmod 700 /root", "ENV PATH=/root/bin:/bin", "USER 1000"],
    "closedFolder",
    /executable file not found in \$PATH/,
  ],
  "a link that leads nowhere": [
    ["RUN ln -s /opt/p/train.py /usr/bin/train"],
    "dangling",
    /executable file not found in \$PATH/,
  ],
  "in the working folder": [
    ["WORKDIR /opt/p", "COPY train ."],
    "elsewhere",
    /executable file not found in \$PATH/,
  ],
  nowhere: [["COPY train /opt/ml/code/train"], "notOnPath", /executable file not found in \$PATH/],
  "a folder of that name": [
    ["RUN mkdir /usr/bin/train"],
    "notOnPath",
    /permission denied|not found in \$PATH/,
  ],
};

describeWithEngine("train in an image without an ENTRYPOINT", () => {
  let base = "";
  beforeAll(async () => {
    base = await busyboxBase();
  });
  const tags: string[] = [];
  afterAll(async () => {
    for (const tag of tags) await removeImage(tag);
  });

  describe.concurrent("the rule says what the engine shows", () => {
    it.each(Object.entries(CASES))("%s", async (name, [lines, messageId, says]) => {
      const tag = `trainlint-test/entrypoint-train:${name.replace(/\W+/g, "-").toLowerCase()}`;
      tags.push(tag);
      const dockerfile = [`FROM ${base}`, ...lines, ""].join("\n");
      await buildImage({ tag, dockerfile, files: { train: "#!/bin/sh\necho it runs\n" } });
      expect(await said(tag)).toMatch(says);
      const image = await readImage(tag, rule.needs === undefined ? [] : [rule.needs]);
      const found = runRules([rule], { image }).findings.map((finding) => finding.messageId);
      expect(found).toEqual(messageId === null ? [] : [messageId]);
    });
  });
});
