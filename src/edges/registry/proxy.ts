import { request } from "node:http";
import { Agent, request as requestSecurely } from "node:https";
import { connect } from "node:tls";
import { isLoopback } from "../../core/image/reference.ts";

/**
 * The agent that goes through the proxy that HTTPS_PROXY (or HTTP_PROXY for plain HTTP) names; `null` for a direct
 * connection: none is named, NO_PROXY leaves the host out, or it is the machine itself.
 */
export function agentFor(url: URL): Agent | null {
  const proxy = proxyFor(url);
  if (proxy === null) return null;
  const agent = new Agent({ keepAlive: false });
  const port = url.port || "443";
  const headers =
    proxy.username === ""
      ? {}
      : {
          "Proxy-Authorization": `Basic ${btoa(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`)}`,
        };
  // What Node's types do not say: `createConnection` may hand its socket to a callback.
  Object.assign(agent, {
    createConnection(_: unknown, done: (error: Error | null, socket?: unknown) => void): void {
      const tunnel = (proxy.protocol === "https:" ? requestSecurely : request)({
        host: proxy.hostname,
        port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
        method: "CONNECT",
        path: `${url.hostname}:${port}`,
        headers: { Host: `${url.hostname}:${port}`, ...headers },
      });
      tunnel.on("connect", (answer, socket) => {
        if (answer.statusCode === 200) done(null, connect({ socket, servername: url.hostname }));
        else done(new Error(`the proxy ${proxy.host} answers with ${answer.statusCode}`));
      });
      tunnel.on("error", (error) => done(error));
      tunnel.end();
    },
  });
  return agent;
}

function proxyFor(url: URL): URL | null {
  if (url.protocol !== "https:" || isLoopback(url.host)) return null;
  const named = variable("HTTPS_PROXY") ?? variable("ALL_PROXY");
  if (named === undefined || isExempt(url, variable("NO_PROXY") ?? "")) return null;
  try {
    return new URL(named.includes("://") ? named : `http://${named}`);
  } catch {
    return null;
  }
}

/** Both spellings are in use. */
function variable(name: string): string | undefined {
  return process.env[name.toLowerCase()] || process.env[name] || undefined;
}

/** `NO_PROXY`: names and endings of names between commas, or `*`. */
function isExempt(url: URL, list: string): boolean {
  return list
    .split(",")
    .map((item) =>
      item
        .trim()
        .toLowerCase()
        .replace(/^\*?\./, ""),
    )
    .some(
      (item) =>
        item !== "" &&
        (item === "*" || url.hostname === item || url.host === item || url.hostname.endsWith(`.${item}`)),
    );
}
