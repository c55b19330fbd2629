import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What becomes of the connections to an engine from a moment on. */
export type EngineFault = "cut" | "stalled" | "garbled";

/**
 * A socket that passes everything on to a real engine until `fail` is called. It stands for an engine that dies,
 * hangs, or answers nonsense, without taking the real one from whoever else uses it.
 */
export class EngineProxy {
  readonly #folder = mkdtempSync(join(tmpdir(), "trainlint-proxy-"));
  readonly #open = new Set<Socket>();
  readonly #target: string;
  readonly #server = createServer((client) => this.#accept(client));
  #fault: EngineFault | null = null;

  /** `target` is the path of the real engine's socket. */
  constructor(target: string) {
    this.#target = target;
  }

  /** As DOCKER_HOST has it. */
  get host(): string {
    return `unix://${this.#path}`;
  }

  get #path(): string {
    return join(this.#folder, "engine.sock");
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#path, resolve));
  }

  fail(fault: EngineFault): void {
    this.#fault = fault;
    if (fault === "cut") for (const socket of this.#open) socket.destroy();
    if (fault === "stalled") for (const socket of this.#open) socket.pause();
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #accept(client: Socket): void {
    this.#keep(client);
    if (this.#fault === "cut") client.destroy();
    if (this.#fault === "garbled") client.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{]nonsense");
    if (this.#fault !== null) return;
    const engine = connect(this.#target);
    this.#keep(engine);
    client.on("data", (bytes) => this.#pass(engine, bytes));
    engine.on("data", (bytes) => this.#pass(client, bytes));
    client.on("close", () => engine.destroy());
    engine.on("close", () => client.destroy());
  }

  #pass(to: Socket, bytes: Buffer): void {
    if (this.#fault === "stalled") return;
    to.write(bytes);
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.on("close", () => this.#open.delete(socket));
    // Whoever cuts a connection gets errors for it.
    socket.on("error", () => {});
  }
}
