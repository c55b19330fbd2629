import { describe, expect, it } from "vitest";
import { checkShapes } from "../../../../src/core/job/check-shapes.ts";
import type { JobModel } from "../../../../src/core/job/model.ts";
import { parseJob, parseJobs } from "../../../../src/core/job/parse.ts";

const COMMAND = "aws sagemaker create-training-job";

function script(text: string, files: { readonly [path: string]: string } = {}): JobModel {
  const readFile = (path: string) =>
    Object.hasOwn(files, path) ? { path, text: files[path] as string } : null;
  return parseJob(text, { path: "x.sh", readFile });
}

function notes(job: JobModel): string[] {
  return job.notes.map(
    ({ kind, range }) => `${kind} ${range.path}:${range.start.line}:${range.start.column}`,
  );
}

function at(job: JobModel, pointer: string): string {
  const { path, start } = job.rangeOf(pointer);
  return `${path}:${start.line}:${start.column}`;
}

describe("where the JSON of a script comes from", () => {
  const body = '{\n  "TrainingJobName": "$NAME",\n  "RoleArn": "r",\n  "Environment": { "N": $COUNT }\n}';

  it("a here-document that writes the file, with the places of the here-document", () => {
    const job = script(
      `NAME=one\ncat > job.json <<EOF\n${body}\nEOF\n${COMMAND} --cli-input-json file://./job.json\n`,
    );
    expect(job.request).toEqual({ TrainingJobName: "one", RoleArn: "r", Environment: { N: null } });
    expect([...job.unknown.keys()]).toEqual(["/Environment/N"]);
    expect(at(job, "/RoleArn")).toBe("x.sh:5:14");
    expect(job.notes).toEqual([]);
  });

  it.each([
    ["tee", 'tee job.json <<\'EOF\' > /dev/null\n{ "RoleArn": "r" }\nEOF\n'],
    ["echo", 'echo \'{ "RoleArn": "r" }\' > job.json\n'],
    ["printf", "printf '%s\\n' '{ \"RoleArn\": \"r\" }' >job.json\n"],
  ])("%s writes the file", (_, text) => {
    const job = script(`${text}${COMMAND} --cli-input-json file://job.json\n`, { "job.json": "{}" });
    expect(job.request).toEqual({ RoleArn: "r" });
    expect(at(job, "/RoleArn")).toMatch(/^x\.sh:/);
  });

  it.each([
    ["jq", "jq .x a.json > job.json\n"],
    ["sed in place", "sed -i s/a/b/ job.json\n"],
    ["one way of several", "cat > job.json <<E\n{}\nE\nif [ -n \"$A\" ]; then echo '{' > job.json; fi\n"],
  ])("what %s makes of a file is not known, and nothing is missed", (_, text) => {
    const job = script(`${text}${COMMAND} --cli-input-json file://job.json\n`, { "job.json": "{}" });
    expect(notes(job)).toEqual([expect.stringMatching(/^unread-file /)]);
    expect([...checkShapes(job)]).toEqual([]);
  });

  it.each([
    ["$(cat FILE)", '"$(cat job.json)"'],
    ["$(<FILE)", '"$(<job.json)"'],
    ["the script's own folder", '"file://$(cd "$(dirname "$0")" && pwd)/job.json"'],
    ["a variable with the path", "file://$FILE"],
  ])("%s is followed into the file", (_, word) => {
    const job = script(`FILE=job.json\n${COMMAND} --cli-input-json ${word}\n`, {
      "job.json": '{\n "RoleArn": "r" }',
    });
    expect(at(job, "/RoleArn")).toBe("job.json:2:13");
    expect(job.files.get("job.json")).toContain("RoleArn");
  });

  it.each([
    ["a variable", `J='{ "RoleArn": "r" }'\n${COMMAND} --cli-input-json "$J"\n`],
    [
      "a variable from a here-document",
      `J=$(cat <<EOF\n{ "RoleArn": "r" }\nEOF\n)\n${COMMAND} --cli-input-json "$J"\n`,
    ],
    ["read", `read -r -d '' J <<'EOF'\n{ "RoleArn": "r" }\nEOF\n${COMMAND} --cli-input-json "$J"\n`],
    ["standard input", `${COMMAND} --cli-input-json file:///dev/stdin <<EOF\n{ "RoleArn": "r" }\nEOF\n`],
    ["a function's argument", `go() { ${COMMAND} --cli-input-json "$1"; }\ngo '{ "RoleArn": "r" }'\n`],
  ])("%s", (_, text) => {
    expect(script(text).request).toEqual({ RoleArn: "r" });
  });

  it("YAML", () => {
    const job = script(`${COMMAND} --cli-input-yaml file://job.yaml\n`, { "job.yaml": "RoleArn: r\n" });
    expect(at(job, "/RoleArn")).toBe("job.yaml:1:10");
  });

  it("what nobody can see leaves the request open: no member is missing", () => {
    for (const word of ['"$JSON"', '"$(jq . a.json)"', "file://none.json", "file://$X/job.json"]) {
      const job = script(`${COMMAND} --cli-input-json ${word} --tags Key=a\n`);
      expect([...checkShapes(job)].map(({ pointer }) => pointer)).toEqual(["/Tags/0"]);
    }
  });
});

describe("words", () => {
  it("variables inside and outside of JSON strings", () => {
    const job = script(
      `COUNT=2\n${COMMAND} --resource-config '{"InstanceType": "'$TYPE'", "InstanceCount": '"$COUNT"', "VolumeSizeInGB": '$SIZE'}'\n`,
    );
    expect(job.request.ResourceConfig).toEqual({
      InstanceType: null,
      InstanceCount: 2,
      VolumeSizeInGB: null,
    });
    expect([...job.unknown.keys()]).toHaveLength(2);
  });

  it("arrays of options, of which some are added on one way only", () => {
    const job = script(
      `A=(--role-arn r --training-job-name n)\nif x; then A+=(--stopping-condition MaxRuntimeInSeconds=1); fi\n${COMMAND} "\${A[@]}"\n`,
    );
    expect(job.request).toEqual({ RoleArn: "r", TrainingJobName: "n" });
    expect([...checkShapes(job)].map(({ kind }) => kind)).not.toContain("missing");
  });

  it("a variable among the options may hold others", () => {
    expect(
      [...checkShapes(script(`${COMMAND} --role-arn ${"r".repeat(20)} $EXTRA\n`))].map(({ kind }) => kind),
    ).toEqual(["pattern"]);
  });

  it("parts of a structure in words of their own are told once, and read all the same", () => {
    const job = script(
      `${COMMAND} --resource-config InstanceType=ml.m5.large, InstanceCount=1, VolumeSizeInGB=10\n`,
    );
    expect(notes(job)).toEqual(["surplus-word x.sh:1:79"]);
    expect(job.request.ResourceConfig).toEqual({
      InstanceType: "ml.m5.large",
      InstanceCount: 1,
      VolumeSizeInGB: 10,
    });
  });

  it("a JSON object for a list is one item, and several are several", () => {
    const job = script(`${COMMAND} --tags '{"Key":"a","Value":"b"}' '{"Key":"c","Value":"d"}'\n`);
    expect(job.request.Tags).toHaveLength(2);
    expect(job.notes).toEqual([]);
  });

  it("a blank behind a backslash ends the command", () => {
    const job = script(`${COMMAND} --role-arn r \\ \n  --training-job-name n\n`);
    expect(notes(job)).toEqual(["space-after-backslash x.sh:1:48"]);
    expect([...checkShapes(job)].filter(({ kind }) => kind === "missing")).toEqual([]);
  });

  it("a mistyped option is read as the one that was meant, a cut one as it is", () => {
    const job = script(`${COMMAND} --debugger-hook-config S3OutputPath=s3://a/b --training-job n\n`);
    expect(job.request).toEqual({ DebugHookConfig: { S3OutputPath: "s3://a/b" }, TrainingJobName: "n" });
    expect(notes(job)).toEqual(["unknown-option x.sh:1:35"]);
  });

  it.each([
    ["Key=a,Value=b,Key=c,Value=d", "tags"],
    ["TrainingImage=x,", "algorithm-specification"],
    ["MaxRuntimeInSeconds", "stopping-condition"],
    ["[a", "tags"],
    ["{", "vpc-config"],
  ])("the AWS CLI refuses %s", (value, option) => {
    expect(notes(script(`${COMMAND} --${option} ${value}\n`))).toEqual([
      expect.stringMatching(/^unreadable-value x\.sh:1:/),
    ]);
  });

  it.each([
    ["Subnets=a,b,SecurityGroupIds=c", { Subnets: ["a", "b"], SecurityGroupIds: ["c"] }],
    ["'Subnets=[a, b], SecurityGroupIds=[c]'", { Subnets: ["a", "b"], SecurityGroupIds: ["c"] }],
    [`'Subnets=["a,b",c],SecurityGroupIds=d\\,e'`, { Subnets: ["a,b", "c"], SecurityGroupIds: ["d,e"] }],
  ])("shorthand %s", (value, expected) => {
    expect(script(`${COMMAND} --vpc-config ${value}\n`).request.VpcConfig).toEqual(expected);
  });

  it("reads every command of a script, each once", () => {
    const text = `for n in a b; do ${COMMAND} --training-job-name $n; done\n${COMMAND} --training-job-name c\n`;
    expect(parseJobs(text, { path: "x.sh" }).map(({ request }) => request.TrainingJobName)).toEqual([
      "a",
      "c",
    ]);
  });

  it("leaves alone what only talks of the command", () => {
    const text = `echo ${COMMAND} --role-arn a\n${COMMAND} --generate-cli-skeleton > x\n${COMMAND} --role-arn b\n`;
    expect(parseJobs(text, { path: "x.sh" }).map(({ request }) => request.RoleArn)).toEqual(["b"]);
  });
});

describe("examples that leave things out", () => {
  it("... in the place of members, items, values and options", () => {
    const text =
      '{ "AlgorithmSpecification": { "ContainerEntrypoint": ["a", ...], ... }, "RoleArn": ..., ... }';
    const job = parseJob(text, { path: "a.json" });
    expect(job.notes).toEqual([]);
    expect([...job.open].toSorted()).toEqual([
      "",
      "/AlgorithmSpecification",
      "/AlgorithmSpecification/ContainerEntrypoint",
    ]);
    expect(job.leftOut).toHaveLength(3);
    expect([...checkShapes(job)]).toEqual([]);
    expect(script(`${COMMAND} ... --tags ...\n`).leftOut.length).toBeGreaterThan(0);
  });

  it("the type's name, or a placeholder, without quotes", () => {
    const text = '{ "ResourceConfig": { "InstanceCount": number, "VolumeSizeInGB": <size> } }';
    const job = parseJob(text, { path: "a.json" });
    expect(job.placeholders.map((found) => found.text)).toEqual(["number", "<size>"]);
    expect([...checkShapes(job)].map(({ kind }) => kind)).not.toContain("type");
  });

  it.each([
    ["/RoleArn", "arn:aws:iam::ACCOUNT_ID:role/Train", "ACCOUNT_ID"],
    ["/RoleArn", "arn:aws:iam::<アカウント>:role/Train", "<アカウント>"],
    ["/RoleArn", "s3://your-bucket/data", "your-bucket"],
    ["/RoleArn", "763104351884.dkr.ecr.{region}.amazonaws.com/a:1", "{region}"],
    ["/RoleArn", "s3://find-your-home/data", null],
    ["/RoleArn", "arn:aws:iam::123456789012:role/ROLES", null],
    ["/HyperParameters/x", "<s>", null],
    ["/HyperParameters/x", "<extra_id_0>", null],
    ["/HyperParameters/x", "checkpoint-{epoch}", null],
    ["/HyperParameters/x", "string", null],
    ["/HyperParameters/x", "<your-key>", "<your-key>"],
    ["/HyperParameters/x", "s3://<bucket-name>/x", "<bucket-name>"],
  ])("%s %j: %j", (pointer, value, found) => {
    const [name = "", inner] = pointer.slice(1).split("/");
    const request = { [name]: inner === undefined ? value : { [inner]: value } };
    const job = parseJob(JSON.stringify(request), { path: "a.json" });
    expect(job.placeholders.map(({ text }) => text)).toEqual(found === null ? [] : [found]);
  });

  it("a named group of a regular expression is no placeholder", () => {
    const text =
      '{ "AlgorithmSpecification": { "MetricDefinitions": [{ "Name": "a", "Regex": "loss: (?<value>.*)" }] } }';
    expect(parseJob(text, { path: "a.json" }).placeholders).toEqual([]);
  });
});

it("a file that is something else is no request", () => {
  for (const text of ['{ "StartAt": "a", "States": {} }', '{ "displayName": "x" }']) {
    expect(() => parseJob(text, { path: "a.json" })).toThrow(/none of its members/);
  }
});

it("YAML merge keys", () => {
  const text =
    "StoppingCondition: &s\n  MaxRuntimeInSeconds: 5\nResourceConfig:\n  <<: *s\n  InstanceCount: 1\n";
  expect(parseJob(text, { path: "a.yaml" }).request.ResourceConfig).toEqual({
    MaxRuntimeInSeconds: 5,
    InstanceCount: 1,
  });
});
