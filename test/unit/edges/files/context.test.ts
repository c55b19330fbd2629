import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { buildContext } from "../../../../src/edges/files/context.ts";

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-context-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test("files with text and mode, folders as lists, and nothing for what is not there", () => {
  const folder = folderWith({ "run.sh": "#!/bin/sh\n", "src/a.py": "", "src/sub/b.py": "", bin: "\u0000" });
  chmodSync(join(folder, "run.sh"), 0o755);
  const context = buildContext(folder, null);
  expect(context.file("run.sh")).toEqual({ text: "#!/bin/sh\n", mode: 0o755 });
  expect(context.file("./run.sh")?.mode).toBe(0o755);
  expect(context.file("bin")?.text).toBeNull();
  expect(context.file("none")).toBeNull();
  expect(context.file("src")).toBeNull();
  expect(context.list("src")).toEqual(["src/a.py", "src/sub/b.py"]);
  expect(context.list("run.sh")).toEqual(["run.sh"]);
  expect(context.list("none")).toBeNull();
});

test("nothing outside of the context is opened", () => {
  const outside = folderWith({ secret: "s" });
  const folder = folderWith({ "a/b": "" });
  symlinkSync(join(outside, "secret"), join(folder, "link"));
  symlinkSync(outside, join(folder, "folder"));
  const context = buildContext(folder, null);
  for (const path of ["link", "folder/secret", `../${outside.split("/").at(-1)}/secret`, "a/../../x"]) {
    expect(context.file(path)).toBeNull();
    expect(context.list(path)).toBeNull();
  }
});

test("what .dockerignore leaves out is not there, and `!` takes back", () => {
  const folder = folderWith({
    ".dockerignore": "# data\ndata\n**/*.log\n!keep.log\n/build/*\n!build/ok\n",
    "data/x": "",
    "a/b.log": "",
    "keep.log": "",
    "build/no": "",
    "build/ok": "",
    "src/data": "",
  });
  const context = buildContext(folder, null);
  expect(context.file("data/x")).toBeNull();
  expect(context.file("a/b.log")).toBeNull();
  expect(context.file("keep.log")).not.toBeNull();
  expect(context.list("build")).toEqual(["build/ok"]);
  expect(context.file("src/data")).not.toBeNull();
});

test("a Dockerfile's own ignore file wins", () => {
  const folder = folderWith({ ".dockerignore": "a", "gpu.Dockerfile.dockerignore": "b", a: "", b: "" });
  const context = buildContext(folder, join(folder, "gpu.Dockerfile"));
  expect(context.file("a")).not.toBeNull();
  expect(context.file("b")).toBeNull();
});
