import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect as connectTo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { EnvironmentError, UserError } from "../../../src/core/errors.ts";
import { connectEngine } from "../../../src/edges/engine/connect.ts";
import { readImage } from "../../../src/edges/images.ts";
import { busyboxBase, describeWithEngine } from "../support/images.ts";

const SOCKET = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace("unix://", "");
const NAMES = [
  "DOCKER_HOST",
  "DOCKER_CONFIG",
  "DOCKER_CONTEXT",
  "DOCKER_TLS_VERIFY",
  "DOCKER_CERT_PATH",
  "PATH",
] as const;

/** An engine behind TLS, as a remote one is: the real one's socket with certificates in front. */
describeWithEngine("an engine that is not on the usual socket", () => {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-connect-"));
  const certificates = join(folder, "certificates");
  const before = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));
  let server: Server;
  let port: number;

  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: certificates, stdio: "ignore" });

  beforeAll(async () => {
    mkdirSync(certificates);
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "ca-key.pem",
      "-out",
      "ca.pem",
      "-subj",
      "/CN=test",
    );
    writeFileSync(join(certificates, "names"), "subjectAltName=DNS:localhost");
    for (const [name, more] of [
      ["server", ["-extfile", "names"]],
      ["client", []],
    ] as const) {
      const key = name === "client" ? "key.pem" : "server-key.pem";
      const cert = name === "client" ? "cert.pem" : "server-cert.pem";
      openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        key,
        "-out",
        `${name}.csr`,
        "-subj",
        `/CN=${name}`,
      );
      openssl(
        "x509",
        "-req",
        "-in",
        `${name}.csr`,
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca-key.pem",
        "-CAcreateserial",
        "-out",
        cert,
        ...more,
      );
    }
    const read = (name: string) => readFileSync(join(certificates, name));
    const options = { ca: read("ca.pem"), cert: read("server-cert.pem"), key: read("server-key.pem") };
    server = createServer({ ...options, requestCert: true, rejectUnauthorized: true }, (client) => {
      const engine = connectTo(SOCKET);
      client.pipe(engine).pipe(client);
      for (const stream of [client, engine]) {
        stream.on("error", () => undefined);
        stream.on("close", () => [client, engine].map((each) => each.destroy()));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    port = (server.address() as AddressInfo).port;
    await busyboxBase();
  });
  afterEach(() => {
    for (const name of NAMES) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  afterAll(() => {
    server?.close();
    rmSync(folder, { recursive: true });
  });

  const environment = (values: { readonly [name: string]: string }): void => {
    for (const name of NAMES) if (name !== "PATH") delete process.env[name];
    Object.assign(process.env, values);
  };
  const failure = () =>
    connectEngine().then(
      () => new Error("it did not fail"),
      (error: Error) => error,
    );

  it("is spoken to with the certificates that DOCKER_CERT_PATH names", async () => {
    const address = `tcp://localhost:${port}`;
    environment({ DOCKER_HOST: address, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certificates });
    expect(await connectEngine()).toMatchObject({ kind: "docker", address });
    const image = await readImage(await busyboxBase(), [
      { depth: "files", queries: () => [{ kind: "path", path: "/bin/busybox", head: 4 }] },
    ]);
    expect([...(image.files.visible.get("/bin/busybox")?.head ?? [])]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
  });

  it("is not spoken to when one of them does not know the other, or is missing", async () => {
    const stranger = join(folder, "stranger");
    cpSync(certificates, stranger, { recursive: true });
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "x", "-out", "ca.pem", "-subj", "/CN=x"],
      { cwd: stranger, stdio: "ignore" },
    );
    for (const [path, why] of [
      [stranger, /self-signed|unable to verify|certificate/],
      [join(folder, "nowhere"), /TLS file .*ca\.pem can't be read/],
    ] as const) {
      environment({ DOCKER_HOST: `tcp://localhost:${port}`, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: path });
      const error = await failure();
      expect(error).toBeInstanceOf(EnvironmentError);
      expect(error.message).toMatch(why);
    }
    environment({ DOCKER_HOST: `tcp://localhost:${port}` });
    expect(await failure()).toBeInstanceOf(EnvironmentError);
  });

  /** Docker's folder of configuration with one context. */
  function context(name: string, endpoint: object, tls: boolean): string {
    const config = mkdtempSync(join(folder, "config-"));
    const id = createHash("sha256").update(name).digest("hex");
    mkdirSync(join(config, "contexts", "meta", id), { recursive: true });
    writeFileSync(
      join(config, "contexts", "meta", id, "meta.json"),
      JSON.stringify({ Name: name, Endpoints: { docker: endpoint } }),
    );
    if (tls) cpSync(certificates, join(config, "contexts", "tls", id, "docker"), { recursive: true });
    writeFileSync(join(config, "config.json"), JSON.stringify({ currentContext: name }));
    return config;
  }

  it("is the one of the current context, with its certificates", async () => {
    const address = `tcp://localhost:${port}`;
    environment({ DOCKER_CONFIG: context("remote", { Host: address }, true) });
    expect((await connectEngine()).address).toBe(address);
    // A context may do without the authority.
    const config = context("careless", { Host: address, SkipTLSVerify: true }, true);
    rmSync(
      join(
        config,
        "contexts",
        "tls",
        createHash("sha256").update("careless").digest("hex"),
        "docker",
        "ca.pem",
      ),
    );
    environment({ DOCKER_CONFIG: config });
    expect((await connectEngine()).address).toBe(address);
    environment({ DOCKER_CONFIG: config, DOCKER_CONTEXT: "default", DOCKER_HOST: `unix://${SOCKET}` });
    expect((await connectEngine()).address).toBe(`unix://${SOCKET}`);
    environment({ DOCKER_CONFIG: config, DOCKER_CONTEXT: "other" });
    expect((await failure()).message).toContain('The Docker context "other" has no endpoint');
  });

  it("is reached by ssh, as docker reaches it, and says why not", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    // The way is not tested, which is ssh's own; what is run at its other end is.
    writeFileSync(
      join(bin, "ssh"),
      '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\n[ "$1" = here ] || { echo "ssh: Could not resolve hostname $1" >&2; exit 255; }\nshift\nunset DOCKER_HOST\nexec "$@"\n',
    );
    chmodSync(join(bin, "ssh"), 0o755);
    const path = `${bin}:${process.env.PATH}`;
    environment({ DOCKER_HOST: `ssh://me@here${SOCKET}`, PATH: path });
    expect(await connectEngine()).toMatchObject({ kind: "docker" });
    const image = await readImage(await busyboxBase(), [
      { depth: "files", queries: () => [{ kind: "path", path: "/bin/sh", head: 4 }] },
    ]);
    expect(image.files.visible.get("/bin/sh")?.type).toBe("symlink");
    environment({ DOCKER_HOST: "ssh://me@there", PATH: path });
    const error = await failure();
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toContain("Could not resolve hostname there");
  });

  it("is asked in a version of its API that it knows", async () => {
    environment({ DOCKER_HOST: `unix://${SOCKET}` });
    const engine = await connectEngine();
    const [, minor = 0] = engine.apiVersion.split(".").map(Number);
    expect(minor).toBeLessThanOrEqual(44);
    expect((await engine.client.info()) as object).toHaveProperty("ServerVersion");
  });

  it("is no engine when the address makes no sense", async () => {
    for (const address of ["nonsense", "ftp://x", "tcp://", "http://[bad"]) {
      environment({ DOCKER_HOST: address });
      expect(await failure()).toBeInstanceOf(UserError);
    }
  });
});
