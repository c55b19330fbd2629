import { describe, expect, it } from "vitest";
import { findSecrets } from "../../../../src/core/secrets/find.ts";
import { Redactor, withoutSecrets } from "../../../../src/core/secrets/redact.ts";

/** Put together here, so that no scanner takes this file for a leak. */
const AKIA = `AKIA${"ABCDEFGH".repeat(2)}`;
const AWS_SECRET = "wJalrXUtnFEMIbK7MDENGdbPxRfiCYEXAMPLEKEY".slice(0, 40);
const PEM = ["-----BEGIN RSA", " PRIVATE KEY-----"].join("");

const hidden = (text: string): string[] => findSecrets(text).map(({ start, end }) => text.slice(start, end));

describe("a secret is found", () => {
  it.each([
    ["ENV DB_PASSWORD=hunter2x", "hunter2x"],
    ["ENV DB_PASSWORD hunter2x and more", "hunter2x and more"],
    ['ARG NPM_TOKEN="abc 123 def"', "abc 123 def"],
    ["RUN PGPASSWORD='pa ssw' psql", "pa ssw"],
    [`{ "Environment": { "API_KEY": "0a1b2c3d" } }`, "0a1b2c3d"],
    ["Environment:\n  DB_PASSWORD: hunter2x\n", "hunter2x"],
    ["- name: DB_PASSWORD\n  value: hunter2x\n", "hunter2x"],
    [`{"Key": "api-token", "Value": "abcdef123456"}`, "abcdef123456"],
    ["--environment DB_PASSWORD=hunter2x,OTHER=y", "hunter2x,OTHER=y"],
    ["Key=secret,Value=hunter2x", "hunter2x"],
    ["train --password hunter2x", "hunter2x"],
    ["train --db-token=abcdef123456", "abcdef123456"],
    [`["train", "--password", "hunter2x"]`, "hunter2x"],
    ["args:\n  - --password\n  - hunter2x\n", "hunter2x"],
    [`"dbPassword": "hunter2x"`, "hunter2x"],
    ["pip install --index-url https://me:hunter2x@host/simple", "hunter2x"],
    ["tcp://me:p@ss@10.0.0.1:2375", "p@ss"],
    ["me:hunter2x@10.0.0.1:2375", "hunter2x"],
    ["registry:me:hunter2x@host/image:1", "hunter2x"],
    ["Authorization: Bearer abc.def.123", "abc.def.123"],
    ["authorization: basic bWU6aHVudGVyMng=", "bWU6aHVudGVyMng="],
    [`id ${AKIA} here`, AKIA],
    [`AWS_SECRET_ACCESS_KEY=${AWS_SECRET}`, AWS_SECRET],
    [`ENCRYPTION_KEY=0a1b2c3d4e5f6a7b8c9d`, "0a1b2c3d4e5f6a7b8c9d"],
    [`{\\"password\\": \\"hunter2x\\"}`, "hunter2x"],
    [`${PEM}\nMIIabc\n-----END`, "\nMIIabc\n"],
  ] as const)("%j", (text, secret) => {
    expect(hidden(text)).toEqual([secret]);
  });
});

describe("no secret is", () => {
  it.each([
    "ENV DB_PASSWORD=$DB_PASSWORD",
    "ENV DB_PASSWORD_FILE=/run/secrets/password-1",
    "RUN --mount=type=secret,id=npm-token,target=/x cat",
    `"WANDB_API_KEY": "<your-api-key>"`,
    `"pad_token": "<|endoftext|>", "eos_token": "[EOS]", "max_token": 20480000`,
    `"tokenizer": "bert-base-uncased-v2-2024"`,
    `"sort_key": "training-date"`,
    "HF_TOKEN_SECRET=arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf",
    "API_KEY=ssm:/training/key-2024",
    "basic authentication is used",
    "the registry https://host:5000/v2 answers",
    "docker:trainer1@sha256:0a1b2c3d4e5f, trainer:latest1@sha256:0a",
    "git@github.com:user/repo",
    "RUN PGPASSWORD='pa ss' psql",
    "COPY passwd-tool /usr/bin/bypass",
    "Environment.WANDB_API_KEY holds a secret key in plain text: everyone can read it.",
  ])("%j", (text) => {
    expect(hidden(text)).toEqual([]);
  });
});

describe("what is hidden", () => {
  it("keeps its columns", () => {
    expect(withoutSecrets("ENV A_PASSWORD=hunter2x B=c")).toBe("ENV A_PASSWORD=******** B=c");
  });

  it("is hidden wherever it stands, once it is known", () => {
    const redactor = new Redactor();
    redactor.learn("ENV DB_PASSWORD=hunter2x");
    redactor.learnNamed({ API_KEY: "0a1b2c3d4e", MODE: "training-mode-1" });
    expect(
      redactor.data({ evidence: ["mysql -phunter2x", "0a1b2c3d4e"], hunter2x: "training-mode-1" }),
    ).toEqual({
      evidence: ["mysql -p********", "**********"],
      "********": "training-mode-1",
    });
  });

  it("is no word of everyday language elsewhere", () => {
    const redactor = new Redactor();
    redactor.learn("ENV DB_PASSWORD=training");
    expect(redactor.text("The training of DB_PASSWORD=training")).toBe(
      "The training of DB_PASSWORD=********",
    );
  });

  it("is told by the word or the key in front of it", () => {
    const redactor = new Redactor();
    expect(redactor.data({ argv: ["x", "--password", "hunter2x", "y"], password: "hunter2x", n: 1 })).toEqual(
      {
        argv: ["x", "--password", "********", "y"],
        password: "********",
        n: 1,
      },
    );
  });

  it("leaves data with odd keys whole", () => {
    const odd = JSON.parse('{"__proto__": {"a": 1}, "constructor": "x", "toString": null}') as object;
    expect(JSON.stringify(new Redactor().data(odd))).toBe(JSON.stringify(odd));
  });

  it("is found far down, at the cost of one look at each level", () => {
    const nested = (leaf: string, levels: number): unknown => {
      let value: unknown = leaf;
      for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? { inner: value } : [value];
      return value;
    };
    const redactor = new Redactor();
    expect(redactor.data(nested("DB_PASSWORD=hunter2x", 500))).toEqual(nested("DB_PASSWORD=********", 500));
  });
});
