import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";

/**
 * Connections to an engine on another machine, made as docker's own client makes them: `ssh HOST docker system
 * dial-stdio`. The user's own ssh with its keys, agents and known hosts decides who is trusted.
 */
export function sshAgent(url: URL): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  // Node's types want a socket; what HTTP needs of one is below.
  Object.assign(agent, { createConnection: () => new SshConnection(url) });
  return agent;
}

/** Seconds that ssh may take to connect. */
const CONNECT_TIMEOUT = 30;

function argumentsFor(url: URL): string[] {
  const socket = url.pathname.length > 1 ? ["--host", `unix://${url.pathname}`] : [];
  return [
    ...["-o", `ConnectTimeout=${CONNECT_TIMEOUT}`, "-o", "BatchMode=yes", "-T"],
    ...(url.username === "" ? [] : ["-l", decodeURIComponent(url.username)]),
    ...(url.port === "" ? [] : ["-p", url.port]),
    ...["--", url.hostname, "docker", ...socket, "system", "dial-stdio"],
  ];
}

/** The standard streams of an ssh process as one connection. */
class SshConnection extends Duplex {
  private readonly ssh: ChildProcessWithoutNullStreams;
  private said = "";

  constructor(url: URL) {
    super();
    this.ssh = spawn("ssh", argumentsFor(url));
    this.ssh.stdout.on("data", (data: Buffer) => {
      if (!this.push(data)) this.ssh.stdout.pause();
    });
    this.ssh.stderr.on("data", (data: Buffer) => {
      this.said = (this.said + data.toString()).slice(-1000);
    });
    this.ssh.stdin.on("error", () => undefined);
    this.ssh.on("error", (error) => this.destroy(error));
    this.ssh.on("close", (code) => {
      if (code === 0) this.push(null);
      else this.destroy(new Error(this.said.trim().split("\n").at(-1) || `ssh ended with ${code}`));
    });
  }

  override _read(): void {
    this.ssh.stdout.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // Why it can not be written is what ssh says when it ends.
    this.ssh.stdin.write(chunk, encoding, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.ssh.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // The engine must see at once that nobody reads on: it holds a container as long as it sends of it.
    this.ssh.stdin.destroy();
    this.ssh.stdout.destroy();
    this.ssh.kill("SIGKILL");
    done(error);
  }

  // What HTTP asks of a socket; a pipe has none of it.
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
