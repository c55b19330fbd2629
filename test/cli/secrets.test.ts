import { chmodSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FORMAT_NAMES } from "../../src/core/formats.ts";
import { transcriptOf } from "../../src/core/run/transcript.ts";
import { configOf, savedMembers } from "../support/saved.ts";
import { tar } from "../support/tar.ts";
import { type Ran, scratchFile, useCli } from "./support/bundle.ts";

const cli = useCli();

/** Every secret that is planted has this in it, so that one search finds them all; put together here, so that no scanner takes it for a leak. */
const MARK = ["pl4nted", "s3cret"].join("");
const secret = (number: number): string => `${MARK}${String(number).padStart(2, "0")}`;
/** Tokens of a form that nothing else has. */
const AWS_KEY = ["AKIA", "PLANTEDABCDEFGH2"].join("");
const HF_TOKEN = ["hf_", "Planted0123456789abcdefghijABCDEFGHIJ"].join("");

/** What no output may hold: the secrets, and those that registries get as base64. */
const FORBIDDEN = [
  MARK,
  AWS_KEY,
  HF_TOKEN,
  base64(secret(50)).replace(/=+$/, ""),
  base64(`me:${secret(50)}`),
];

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Each secret stands beside something that rules find, so that excerpts and their context show its line. */
const DOCKERFILE = `ARG NPM_TOKEN=${secret(1)}
FROM debian:12
ENV DB_PASSWORD=${secret(2)} OTHER=x
ENV API_KEY ${secret(3)}
ENV SOME_ID=${AWS_KEY}
COPY data /opt/ml/input/data
RUN curl -H "Authorization: Bearer ${secret(4)}" https://me:${secret(5)}@example.com/x -o /opt/ml/model/x
RUN echo ${HF_TOKEN} > /opt/ml/config
VOLUME /opt/ml/model
ENTRYPOINT tini -- train --password ${secret(6)} --db-token=${secret(7)}
`;

const JOB = {
  TrainingJobName: "a".repeat(80),
  AlgorithmSpecification: {
    TrainingImage: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/trainer:1",
    TrainingInputMode: "File",
    ContainerEntrypoint: ["tini", "train"],
    ContainerArguments: ["--password", secret(10), `--token=${secret(11)}`],
  },
  Environment: { WANDB_API_KEY: secret(12), SOME: HF_TOKEN, DB_URL: `postgres://me:${secret(13)}@db/x` },
  HyperParameters: { db_password: secret(14) },
  Tags: [{ Key: "team-secret", Value: secret(15) }],
  Unknown: 1,
};

const IMAGE_CONFIG = {
  config: {
    Entrypoint: ["/sbin/tini", "--", "train", "--password", secret(20)],
    Env: ["PATH=/usr/bin", `DB_PASSWORD=${secret(21)}`, `AWS_ACCESS_KEY_ID=${AWS_KEY}`],
    Labels: { "registry-password": secret(22) },
  },
  history: [
    {
      created_by: `|1 NPM_TOKEN=${secret(23)} /bin/sh -c curl -o /opt/ml/x https://me:${secret(24)}@example.com # buildkit`,
    },
  ],
};

const RUN = transcriptOf({
  argv: ["/bin/sh", "-c", `train --password ${secret(30)}`],
  stop: { seconds: 120, killed: true },
  exit: { code: 137, oomKilled: false },
  failure: `login with password=${secret(31)} failed`,
  stdout: { tail: [`DB_PASSWORD=${secret(32)}`], bytes: 30, bytesAfterStop: 30 },
  stderr: { tail: [`psql: postgres://me:${secret(33)}@db refused`], bytes: 30, bytesAfterStop: 30 },
});

beforeAll(async () => {
  await cli.write("Dockerfile", DOCKERFILE);
  await cli.write(
    "broken/Dockerfile",
    `FROM debian:12\nENV A_PASSWORD=${secret(40)}\nFORM x password=${secret(41)}\n`,
  );
  await cli.write("job.json", JSON.stringify(JOB, null, 2));
  await cli.write("job.yaml", JSON.stringify(JOB));
  await cli.write("broken.json", `{ "Environment": { "DB_PASSWORD": "${secret(42)}" "x": 1 } }`);
  await cli.write("broken.yaml", `Environment:\n  DB_PASSWORD: "${secret(43)}"\n  x: [\n`);
  await cli.write(
    "job.sh",
    `aws sagemaker create-training-job --training-job-name x --environment DB_PASSWORD=${secret(44)} --bogus 1\n`,
  );
  await cli.write("config.yaml", `build-args:\n  NPM_TOKEN: ${secret(45)}\n  DB_PASSWORD: ${secret(46)}\n`);
  await cli.write("broken-config.yaml", `build-args:\n  DB_PASSWORD: {a: ${secret(47)}}\n`);
  await cli.write("run.json", JSON.stringify(RUN));
  await cli.write(
    "not-a-run.json",
    JSON.stringify({ ...RUN, password: secret(48), argv: { password: secret(49) } }),
  );
  const layer = {
    unpacked: tar([
      { name: "opt/ml/x", data: "x" },
      { name: "sbin/tini", data: "x", mode: 0o755 },
    ]),
  };
  scratchFile(cli.work, "image.tar", "");
  await cli.write(
    "image.tar",
    tar(savedMembers([layer], configOf([layer], IMAGE_CONFIG))).toString("latin1"),
  );
});

/** Everything that a command let out: both streams, and the files that it wrote. */
async function outputOf(
  args: readonly string[],
  options: Parameters<typeof cli.run>[1] = {},
): Promise<Ran & { all: string }> {
  const ran = await cli.run(args, options);
  const folder = join(cli.work, "out");
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  return { ...ran, all: [ran.stdout, ran.stderr, ...files].join("\n") };
}

function expectNoSecret(text: string): void {
  for (const value of FORBIDDEN) {
    const at = text.indexOf(value);
    expect(at === -1 ? "" : text.slice(Math.max(0, at - 100), at + 60), value).toBe("");
  }
}

const FILES = FORMAT_NAMES.filter((name) => name !== "text").flatMap((name) => [
  "--format",
  `${name}=out/${name}`,
]);
const ALL_FORMATS = ["--format", "text", ...FILES, "--fail-on", "never"];
const VERBOSITIES = [["--quiet"], ["--verbose", "--color"]];

beforeAll(async () => await cli.write("out/x", ""));

const JUDGED: readonly (readonly string[])[] = [
  ["lint", "Dockerfile"],
  [
    "lint",
    "Dockerfile",
    "--build-arg",
    `DB_PASSWORD=${secret(60)}`,
    "--build-arg",
    `NPM_TOKEN=${secret(61)}`,
  ],
  ["lint", "Dockerfile", "--config", "config.yaml"],
  ["lint", "Dockerfile", "--write-baseline", "out/baseline.json"],
  ["lint", "broken/Dockerfile"],
  ["lint", "job.json"],
  ["lint", "broken.json"],
  ["job", "job.json"],
  ["job", "job.yaml"],
  ["job", "job.sh"],
  ["job", "broken.json"],
  ["job", "broken.yaml"],
  ["job", "job.json", "--image", "docker-archive:image.tar"],
  ["image", "docker-archive:image.tar"],
  ["check", "--dockerfile", "Dockerfile", "--image", "docker-archive:image.tar", "--job", "job.json"],
  ["judge", "run.json"],
  ["judge", "not-a-run.json"],
];

describe.each(JUDGED)("%s %s %s %s", (...args) => {
  test.each(VERBOSITIES)("%s: lets no secret out in any format", async (...verbosity) => {
    const { all, code } = await outputOf([...args, ...verbosity, ...ALL_FORMATS]);
    expectNoSecret(all);
    expect([0, 2]).toContain(code);
  });
});

test("the report shows the lines of the secrets, with asterisks and the caret in its place", async () => {
  const { stdout } = await cli.run(["lint", "Dockerfile", "--format", "text"]);
  expect(stdout).toMatch(/ENTRYPOINT tini -- train --password \*+ --db-token=\*+/);
});

test("a fix that would write a secret is not in the report, and --fix makes it", async () => {
  await cli.write("out/Dockerfile", DOCKERFILE);
  const { stdout } = await cli.run(["lint", "out/Dockerfile", "--format", "json"]);
  expectNoSecret(stdout);
  await cli.run(["lint", "out/Dockerfile", "--fix", "--unsafe-fixes"]);
  const fixed = readFileSync(join(cli.work, "out/Dockerfile"), "utf8");
  rmSync(join(cli.work, "out/Dockerfile"));
  expect(fixed).toContain(secret(6));
  expect(fixed).not.toContain("*****");
});

test.each([
  ["lint", "Dockerfile", "--diff", "--unsafe-fixes"],
  ["lint", "--print-config", "--config", "config.yaml"],
  ["lint", "--config", "broken-config.yaml", "Dockerfile"],
  ["lint", "Dockerfile", "--build-arg", `DB_PASSWORD:${secret(62)}`],
  ["lint", `--password=${secret(63)}`],
  ["show", "broken.json"],
])("%s %s %s %s: no secret in a CI log", async (...args) => {
  const { all } = await outputOf(args, { env: { CI: "true" } });
  expect(all).not.toBe("\n");
  expectNoSecret(all);
});

test("a bug's stack holds none", async () => {
  const preload = scratchFile(
    cli.folder,
    "break-secrets.cjs",
    `Array.prototype.flatMap = () => { throw new TypeError("DB_PASSWORD=${secret(65)} at https://me:${secret(66)}@x/"); };\n`,
  );
  const { all, code } = await outputOf(["lint", "Dockerfile", "--verbose"], { node: ["--require", preload] });
  expect(code).toBe(4);
  expect(all).toContain("bug in trainlint");
  expectNoSecret(all);
});

describe("where an engine is", () => {
  test.each([
    [`tcp://me:${secret(70)}@127.0.0.1:1`],
    [`http://me:${secret(70)}@127.0.0.1:1`],
    [`ssh://me:${secret(70)}@127.0.0.1:1`],
    [`me:${secret(70)}@127.0.0.1`],
    [`nonsense://me:${secret(70)}@127.0.0.1`],
  ])("%s shows no password", async (host) => {
    for (const args of [["run", "trainer:1"], ["image", "docker:trainer:1"], ["clean"]]) {
      const { all, code } = await outputOf([...args, "--verbose"], { env: { DOCKER_HOST: host } });
      expectNoSecret(all);
      expect([2, 3]).toContain(code);
    }
  });
});

/** A registry that shows what it was sent in everything that it answers. */
describe("a registry that echoes", () => {
  let server: Server;
  let host: string;
  let answer: { readonly status: number; readonly challenge: string | null; readonly token: number };
  const seen: string[] = [];

  beforeAll(async () => {
    server = createServer((asked, response) => {
      const said = `${asked.headers.authorization} ${asked.url}`;
      seen.push(said);
      const isToken = asked.url?.startsWith("/token") === true;
      const { status, challenge, token } = answer;
      if (challenge !== null) response.setHeader("www-authenticate", challenge);
      response.setHeader("retry-after", "0");
      response.setHeader("x-echo", said);
      response.setHeader("location", `/v2/?password=${secret(50)}`);
      response.writeHead(isToken ? token : status, said.replace(/[^\w :/.=-]/g, ""));
      const errors = [{ code: "DENIED", message: said, detail: { authorization: said } }];
      response.end(
        isToken && token === 200 ? JSON.stringify({ token: secret(51) }) : JSON.stringify({ errors }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    host = `localhost:${(server.address() as AddressInfo).port}`;
    await cli.write(
      "docker/config.json",
      JSON.stringify({ auths: { [host]: { auth: base64(`me:${secret(50)}`) } } }),
    );
    await cli.write(
      "identity/config.json",
      JSON.stringify({ auths: { [host]: { identitytoken: secret(52) } } }),
    );
    await cli.write("helper/config.json", JSON.stringify({ credHelpers: { [host]: "planted" } }));
    await cli.write(
      "odd/config.json",
      `{"auths": {"x": {"auth": "${base64(`me:${secret(50)}`)}", "password": "${secret(53)}" oops`,
    );
    await cli.write(
      "helper/docker-credential-planted",
      `#!/bin/sh\necho '{"Username":"me","Secret":"${secret(50)}"}'\n`,
    );
    await cli.write("broken-helper/config.json", JSON.stringify({ credHelpers: { [host]: "broken" } }));
    await cli.write(
      "broken-helper/docker-credential-broken",
      `#!/bin/sh\necho "${secret(54)}"; echo "${secret(54)}" >&2; exit 1\n`,
    );
    for (const name of ["helper/docker-credential-planted", "broken-helper/docker-credential-broken"])
      chmodSync(join(cli.work, name), 0o755);
  });
  afterAll(() => server.close());

  const basic = 'Basic realm="x"';
  const bearer = (): string => `Bearer realm="http://${host}/token?key=${secret(55)}",service="s"`;

  test.each(["docker", "identity", "helper", "broken-helper", "odd"])(
    "%s: nothing of it is told",
    async (config) => {
      for (const challenge of [basic, bearer()]) {
        for (const [status, token] of [
          [401, 200],
          [401, 500],
          [403, 200],
          [500, 200],
          [302, 200],
        ] as const) {
          answer = { status, challenge, token };
          const env = {
            DOCKER_CONFIG: join(cli.work, config),
            PATH: `${join(cli.work, config)}:${process.env.PATH}`,
          };
          const args = ["image", `registry:${host}/a/b:1`, "--verbose", ...ALL_FORMATS];
          const { all, code } = await outputOf(args, { env });
          expectNoSecret(all);
          expect([2, 3]).toContain(code);
        }
      }
      if (config === "docker")
        expect(seen.some((said) => said.includes(base64(`me:${secret(50)}`)))).toBe(true);
    },
  );

  test("a proxy that refuses", async () => {
    const proxy = createServer();
    proxy.on("connect", (asked, socket) => {
      socket.end(
        `HTTP/1.1 407 ${asked.headers["proxy-authorization"]}\r\nX: ${asked.headers["proxy-authorization"]}\r\n\r\n`,
      );
    });
    await new Promise<void>((resolve) => proxy.listen(0, "localhost", resolve));
    const { port } = proxy.address() as AddressInfo;
    for (const url of [
      `http://me:${secret(50)}@localhost:${port}`,
      `http://me:${secret(50)}@localhost:1`,
      `me:${secret(50)}@localhost:${port}`,
      `nonsense:me:${secret(50)}@localhost`,
    ]) {
      const env = { HTTPS_PROXY: url, DOCKER_CONFIG: "/nonexistent" };
      const { all, code } = await outputOf(
        ["image", "registry:registry.example.test/a:1", "--verbose", ...ALL_FORMATS],
        { env },
      );
      expectNoSecret(all);
      expect(code).toBe(3);
    }
    proxy.close();
  });

  test("a reference with a password in it", async () => {
    for (const name of [`https://me:${secret(56)}@${host}/a:1`, `me:${secret(57)}@${host}/a:1`]) {
      const { all } = await outputOf(["image", `registry:${name}`, "--verbose", ...ALL_FORMATS]);
      expectNoSecret(all);
    }
  });
});
