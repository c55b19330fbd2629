import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { EnvironmentError, UserError } from "../../core/errors.ts";
import { withoutEnd } from "../../core/paths.ts";
import { configText, type Fields, fieldsOf, jsonFields, textAt } from "../docker-config.ts";

/** What a registry is shown: a name and its secret, or a token that stands for both. */
export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  | { readonly kind: "identity"; readonly token: string };

/** How long a helper may take, in milliseconds: some ask a cloud. */
const HELPER_TIMEOUT = 30_000;

/** Bytes that a helper may answer with. */
const MAX_HELPER_OUTPUT = 1_048_576;

/**
 * What `docker login` or `podman login` left for a registry, from the first configuration that has something:
 * DOCKER_AUTH_CONFIG, DOCKER_CONFIG or ~/.docker, then Podman's files. `null` when nobody logged in.
 *
 * @throws EnvironmentError when a credential helper is missing or fails.
 */
export async function credentialsFor(key: string): Promise<Credentials | null> {
  for (const config of configurations()) {
    const helper = textAt(fieldsOf(config.credHelpers), key) ?? textAt(config, "credsStore");
    const found = helper === null ? null : await fromHelper(helper, key);
    const credentials = found ?? fromAuths(config, key);
    if (credentials !== null) return credentials;
  }
  return null;
}

/** The objects in them: `auths`, `credHelpers` and `credsStore` are what is about registries. */
function* configurations(): Generator<Fields> {
  const { DOCKER_AUTH_CONFIG, DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR } = process.env;
  if (DOCKER_AUTH_CONFIG) yield parsed(DOCKER_AUTH_CONFIG, "DOCKER_AUTH_CONFIG");
  const files = [
    join(DOCKER_CONFIG || join(homedir(), ".docker"), "config.json"),
    REGISTRY_AUTH_FILE,
    XDG_RUNTIME_DIR && join(XDG_RUNTIME_DIR, "containers", "auth.json"),
    join(homedir(), ".config", "containers", "auth.json"),
  ];
  for (const file of files) {
    const text = file ? configText(file) : null;
    if (file && text !== null) yield parsed(text, file);
  }
}

function parsed(text: string, name: string): Fields {
  const fields = jsonFields(text);
  if (fields !== null) return fields;
  // Not even the place of the fault is told: what stands there may be a secret.
  throw new UserError(`${name} is not valid JSON.`, { help: "Log in again: docker login." });
}

function fromAuths(config: Fields, key: string): Credentials | null {
  const auths = Object.entries(fieldsOf(config.auths) ?? {});
  const stored = fieldsOf(auths.find(([name]) => hostOf(name) === hostOf(key))?.[1]);
  const identity = textAt(stored, "identitytoken");
  if (identity !== null) return { kind: "identity", token: identity };
  const decoded = Buffer.from(textAt(stored, "auth") ?? "", "base64").toString();
  const colon = decoded.indexOf(":");
  const username = colon > 0 ? decoded.slice(0, colon) : textAt(stored, "username");
  const password = colon > 0 ? withoutEnd(decoded.slice(colon + 1), "\0") : textAt(stored, "password");
  return username && password ? { kind: "password", username, password } : null;
}

/** Registries are kept as `host`, `https://host`, `https://host/v1/`: all mean the host. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").split("/")[0] ?? "";
}

async function fromHelper(name: string, key: string): Promise<Credentials | null> {
  if (!/^[\w.-]+$/.test(name))
    throw new UserError("The name of a credential helper has odd characters in it.");
  const program = `docker-credential-${name}`;
  const { code, output } = await runHelper(program, key);
  if (code !== 0) {
    // Helpers say in these words that they know nothing of the registry.
    if (/credentials not found|no credentials/i.test(output)) return null;
    throw new EnvironmentError(`${program} gives no credentials for ${hostOf(key)}: it ended with ${code}.`, {
      help: `Try it by hand: echo ${hostOf(key)} | ${program} get`,
    });
  }
  const answer = jsonFields(output);
  if (answer === null) throw new EnvironmentError(`${program} answers with something that is no JSON.`);
  const [username, secret] = [textAt(answer, "Username"), textAt(answer, "Secret")];
  if (secret === null) return null;
  if (username === "<token>") return { kind: "identity", token: secret };
  return { kind: "password", username: username ?? "", password: secret };
}

/** `docker-credential-NAME get`, the key on its standard input. */
function runHelper(program: string, key: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const helper = spawn(program, ["get"], { stdio: ["pipe", "pipe", "ignore"], timeout: HELPER_TIMEOUT });
    let output = "";
    helper.stdout.on("data", (data: Buffer) => {
      output += data.toString();
      if (output.length > MAX_HELPER_OUTPUT) helper.kill("SIGKILL");
    });
    helper.on("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "ENOENT" ? "it is not installed" : error.message;
      reject(
        new EnvironmentError(`${program} can't be run: ${reason}.`, {
          help: "Docker's configuration names it as the keeper of credentials (credHelpers, credsStore).",
        }),
      );
    });
    helper.on("close", (code, signal) => {
      if (signal === null) resolve({ code: code ?? 1, output });
      else reject(new EnvironmentError(`${program} did not end within ${HELPER_TIMEOUT / 1000} seconds.`));
    });
    // A helper that ends at once breaks the pipe; its exit code tells why.
    helper.stdin.on("error", () => undefined);
    helper.stdin.end(`${key}\n`);
  });
}
