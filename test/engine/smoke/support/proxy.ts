import { type AddressInfo, createConnection, createServer, type Server, type Socket } from "node:net";

/** What the proxy does with the connections that it has and gets. */
export type ProxyMode = "pass" | "stall" | "cut";

/**
 * An engine's socket behind a proxy that can stall (connections stay open, nothing goes through any more) or cut (all
 * are closed, new ones are refused), as an engine that hangs or dies does, while the engine itself goes on.
 */
export class EngineProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #mode: ProxyMode = "pass";

  private constructor(engineSocket: string) {
    this.#server = createServer((client) => {
      if (this.#mode === "cut") return void client.destroy();
      this.#keep(client);
      if (this.#mode === "stall") return;
      const engine = createConnection({ path: engineSocket });
      this.#keep(engine);
      client.pipe(engine).pipe(client);
    });
  }

  static async start(engineSocket: string): Promise<EngineProxy> {
    const proxy = new EngineProxy(engineSocket);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** As DOCKER_HOST takes it. A TCP address also makes the engine a remote one for trainlint. */
  get address(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  set(mode: ProxyMode): void {
    this.#mode = mode;
    for (const socket of this.#sockets) {
      if (mode === "cut") socket.destroy();
      if (mode === "stall") socket.unpipe().pause();
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
