import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { useCli } from "../../cli/support/bundle.ts";
import { busyboxBase, describeWithEngine } from "../support/images.ts";

/** Put together here, so that no scanner takes it for a leak. */
const MARK = ["pl4nted", "s3cret"].join("");

const JOB = {
  TrainingJobName: "x",
  AlgorithmSpecification: {
    TrainingImage: "x",
    TrainingInputMode: "File",
    ContainerEntrypoint: [
      "/bin/sh",
      "-c",
      `echo "$0 $@"; env; echo "login: ${MARK}2" >&2; echo "password=${MARK}4" > /opt/ml/output/failure; exit 1`,
    ],
    ContainerArguments: ["train", "--password", `${MARK}1`],
  },
  Environment: { API_KEY: `${MARK}2`, DB_URL: `postgres://me:${MARK}3@db/x`, MODE: "plain" },
  HyperParameters: { db_password: `${MARK}5` },
};

describeWithEngine("a smoke run with secrets", () => {
  const cli = useCli();

  it("keeps what they are for, and not them, in its transcript and its reports", async () => {
    await cli.write("job.json", JSON.stringify(JOB));
    const formats = ["json", "sarif", "html", "markdown"].flatMap((name) => [
      "--format",
      `${name}=r.${name}`,
    ]);
    const { stdout, stderr } = await cli.run(
      [
        "run",
        await busyboxBase(),
        "--job",
        "job.json",
        "--transcript",
        "t.json",
        "--format",
        "text",
        ...formats,
      ],
      { env: { DOCKER_HOST: process.env.DOCKER_HOST } },
    );
    const names = ["t.json", "r.json", "r.sarif", "r.html", "r.markdown"];
    const files = await Promise.all(names.map((name) => readFile(join(cli.work, name), "utf8")));
    for (const text of [stdout, stderr, ...files]) expect(text).not.toContain(MARK);
    const run = JSON.parse(files[0] ?? "") as { argv: string[]; stdout: { tail: string[] } };
    expect(run.argv.slice(-3)).toEqual(["train", "--password", "*".repeat(MARK.length + 1)]);
    expect(run.stdout.tail).toContain("MODE=plain");
    expect(run.stdout.tail.find((line) => line.startsWith("API_KEY="))).toMatch(/^API_KEY=\*+$/);
    const judged = await cli.run(["judge", "t.json"]);
    expect(judged.stdout).toContain("TL501");
  });
});
