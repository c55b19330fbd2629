import { afterAll, beforeAll, expect, it } from "vitest";
import { runRules } from "../../../src/core/engine.ts";
import { ROLE_NEEDS } from "../../../src/core/role/image-signs.ts";
import { roleOf } from "../../../src/core/role/role.ts";
import { readImage } from "../../../src/edges/images.ts";
import { rules } from "../../../src/rules/index.ts";
import { buildImage, busyboxBase, describeWithEngine, removeImage } from "../support/images.ts";

const NEEDS = [...rules.flatMap((rule) => (rule.needs === undefined ? [] : [rule.needs])), ROLE_NEEDS];

/** As pip writes it. */
const TOOLKIT = "#!/usr/bin/python3\nfrom sagemaker_training.cli.train import main\n";

/** What each image must be found out about, and nothing else by these rules. */
const CASES: readonly {
  readonly name: string;
  readonly lines: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly found: readonly string[];
}[] = [
  {
    name: "right",
    lines: [
      "COPY train /usr/bin/train",
      "RUN chmod 755 /usr/bin/train",
      "ENV LD_LIBRARY_PATH=/usr/local/lib",
    ],
    files: { train: "#!/bin/sh\n" },
    found: [],
  },
  {
    name: "user",
    lines: [
      "COPY train /usr/bin/train",
      "RUN chmod 755 /usr/bin/train && echo app:x:5:5::/:/bin/sh >> /etc/passwd",
      "USER app",
    ],
    files: { train: "#!/bin/sh\n" },
    found: ["TL402 warning"],
  },
  {
    name: "root-by-number",
    lines: [
      "COPY train /usr/bin/train",
      "RUN chmod 755 /usr/bin/train && echo boss:x:0:0::/:/bin/sh >> /etc/passwd",
      "USER boss",
    ],
    files: { train: "#!/bin/sh\n" },
    found: [],
  },
  {
    name: "libraries",
    lines: [
      "COPY train /usr/bin/train",
      "RUN chmod 755 /usr/bin/train && mkdir -p /usr/local/cuda/lib64/stubs /etc/ld.so.conf.d /usr/local/cuda/compat",
      "RUN echo stub > /usr/local/cuda/lib64/stubs/libcuda.so && echo /usr/local/cuda/compat > /etc/ld.so.conf.d/a.conf",
      "ENV LD_LIBRARY_PATH=/usr/local/cuda/lib64/stubs",
    ],
    files: { train: "#!/bin/sh\n" },
    found: ["TL302 warning", "TL303 warning", "TL304 info"],
  },
  {
    name: "left-by-the-runtime",
    lines: ["COPY train /usr/bin/train", "RUN chmod 755 /usr/bin/train && : > /usr/bin/nvidia-smi"],
    files: { train: "#!/bin/sh\n" },
    found: ["TL305 warning"],
  },
  {
    name: "program",
    lines: [
      "COPY run.sh main.sh /opt/ml/",
      "RUN chmod 755 /opt/ml/*.sh && mv /opt/ml/run.sh /run.sh && mkdir /opt/ml/model && mv /opt/ml/main.sh /opt/ml/model/",
      'ENTRYPOINT ["/run.sh"]',
    ],
    files: { "run.sh": '#!/bin/sh\nexec /bin/sh /opt/ml/model/main.sh "$@"\n', "main.sh": "echo hello\n" },
    found: ["TL202 error"],
  },
  {
    name: "shadowed",
    lines: ["COPY train /usr/bin/train", "RUN chmod 755 /usr/bin/train", "COPY old.py /opt/ml/code/old.py"],
    files: { train: TOOLKIT, "old.py": "" },
    found: ["TL203 warning"],
  },
  {
    name: "serving",
    lines: ["COPY serve /usr/bin/serve", "RUN chmod 755 /usr/bin/serve", "USER 1000"],
    files: { serve: "#!/bin/sh\n" },
    found: [],
  },
];

const WATCHED = /^TL(?:103|202|203|204|205|206|302|303|304|305|401|402) /;

describeWithEngine("what these rules find in an image that an engine built", () => {
  const tags: string[] = [];

  beforeAll(async () => {
    await busyboxBase();
  });
  afterAll(async () => {
    for (const tag of tags) await removeImage(tag);
  });

  it.each(CASES)("$name", async ({ name, lines, files, found }) => {
    const tag = `trainlint-test/facts-${name}:latest`;
    tags.push(tag);
    const dockerfile = `FROM ${await busyboxBase()}\n${lines.join("\n")}\n`;
    await buildImage({ tag, dockerfile, files: files ?? {} });
    const image = await readImage(tag, NEEDS);
    const { findings, crashes } = runRules(rules, { image }, new Map(), {}, roleOf(null, { image }));
    expect(crashes).toEqual([]);
    const watched = findings
      .map(({ ruleId, severity }) => `${ruleId} ${severity}`)
      .filter((line) => WATCHED.test(line));
    expect(watched.toSorted()).toEqual(found);
  });
});
