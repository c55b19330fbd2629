import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createProxy, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createSecure } from "node:tls";
import { afterAll, beforeAll, expect, it } from "vitest";
import { useCli } from "../../cli/support/bundle.ts";
import { Layout } from "../../support/saved.ts";
import { tar } from "../../support/tar.ts";
import { describeWithRegistry, TestRegistry } from "../support/registry.ts";

const HOST = "registry.example.test";

/** The bundle, as users run it, asks a registry on another machine: by TLS, and through a proxy that alone knows the way. */
describeWithRegistry("a registry behind TLS and a proxy", () => {
  const cli = useCli();
  const folder = mkdtempSync(join(tmpdir(), "trainlint-proxy-"));
  const asked: string[] = [];
  const closing: (() => void)[] = [];
  let registry: TestRegistry;
  let proxy: string;

  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const listen = async (server: Server | ReturnType<typeof createSecure>): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    closing.push(() => server.close());
    return (server.address() as AddressInfo).port;
  };

  beforeAll(async () => {
    const layout = new Layout(join(folder, "layout"));
    layout.index([layout.image([{ unpacked: tar([{ name: "usr/bin/train", data: "x", mode: 0o755 }]) }])]);
    registry = await TestRegistry.start();
    await registry.push(`oci:${layout.path}`, "some/image:1");
    const subject = ["-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`];
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "key.pem",
      "-out",
      "cert.pem",
      ...subject,
    );
    const [, registryPort = ""] = registry.host.split(":");
    const secure = createSecure(
      { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(join(folder, "cert.pem")) },
      (client) => {
        const behind = connect(Number(registryPort), "localhost");
        client.pipe(behind).pipe(client);
        for (const stream of [client, behind]) stream.on("error", () => undefined);
      },
    );
    const port = await listen(secure);
    const server = createProxy();
    server.on("connect", (request, client) => {
      asked.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`);
      const behind = connect(port, "localhost", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        client.pipe(behind).pipe(client);
      });
      for (const stream of [client, behind]) stream.on("error", () => undefined);
    });
    proxy = `localhost:${await listen(server)}`;
  });
  afterAll(async () => {
    for (const close of closing) close();
    await registry?.stop();
    rmSync(folder, { recursive: true });
  });

  const run = (env: { readonly [name: string]: string }) =>
    cli.run(["image", `registry:${HOST}/some/image:1`, "--format", "json", "--fail-on", "never"], {
      env: { DOCKER_CONFIG: "/nonexistent", NO_PROXY: "", ...env },
    });

  it("is read", async () => {
    const { code, stdout } = await run({
      HTTPS_PROXY: `http://me:pass%20word@${proxy}`,
      NODE_EXTRA_CA_CERTS: join(folder, "cert.pem"),
    });
    expect(JSON.parse(stdout)).toMatchObject({ subjects: [{ source: "registry" }], problems: [] });
    expect(code).toBe(0);
    const login = Buffer.from("me:pass word").toString("base64");
    expect(new Set(asked)).toEqual(new Set([`${HOST}:443 Basic ${login}`]));
  });

  it("is not trusted without its authority, nor asked for directly", async () => {
    const untrusted = await run({ HTTPS_PROXY: `http://${proxy}` });
    expect(untrusted.code).toBe(3);
    expect(untrusted.stdout).toContain("its certificate is self-signed");
    const direct = await run({ HTTPS_PROXY: `http://${proxy}`, NO_PROXY: "example.test" });
    expect(direct.code).toBe(3);
    expect(direct.stdout).toMatch(/there is no such host|can.t be looked up/);
  });
});
