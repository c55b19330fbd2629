import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../../../src/core/errors.ts";
import { packContext } from "../../../../src/edges/build/context-tar.ts";

const folder = mkdtempSync(join(tmpdir(), "trainlint-context-"));
const root = join(folder, "ctx");

async function packed(dockerfile: string) {
  const context = await packContext(root, dockerfile);
  const entries = extract();
  context.stream.pipe(entries);
  const files = new Map<string, { type: string; mode: number; uid: number; text: string; link: string }>();
  for await (const entry of entries) {
    let text = "";
    for await (const chunk of entry) text += chunk;
    const { name, type, mode, uid, linkname } = entry.header;
    files.set(name.replace(/\/$/, ""), {
      type: type ?? "",
      mode: mode ?? 0,
      uid: uid ?? -1,
      text,
      link: linkname ?? "",
    });
  }
  return { files, dockerfile: context.dockerfile };
}

beforeAll(() => {
  for (const path of ["", "sub", "empty", "docker"]) mkdirSync(join(root, path), { recursive: true });
  const texts = { a: "a\n", "sub/keep": "k", "sub/drop": "d", "docker/Dockerfile": "FROM x\n", zero: "" };
  for (const [path, text] of Object.entries(texts)) writeFileSync(join(root, path), text);
  writeFileSync(join(root, ".dockerignore"), "sub\n!sub/keep\n# none\ndocker\n.dockerignore\n");
  writeFileSync(join(folder, "Dockerfile"), "FROM y\n");
  chmodSync(join(root, "a"), 0o755);
  symlinkSync("a", join(root, "link"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the build context", () => {
  it("has what .dockerignore leaves in, with modes and links, owned by root, and always the Dockerfile", async () => {
    const { files, dockerfile } = await packed(join(root, "docker/Dockerfile"));
    expect(dockerfile).toBe("docker/Dockerfile");
    expect([...files.keys()].toSorted()).toEqual(
      [".dockerignore", "a", "docker/Dockerfile", "empty", "link", "sub/keep", "zero"].toSorted(),
    );
    expect(files.get("a")).toMatchObject({ text: "a\n", uid: 0, mode: 0o755 });
    expect(files.get("link")).toMatchObject({ type: "symlink", link: "a" });
    expect(files.get("empty")?.type).toBe("directory");
  });

  it("takes along a Dockerfile from outside, which COPY does not see", async () => {
    const { files, dockerfile } = await packed(join(folder, "Dockerfile"));
    expect(files.get(dockerfile)?.text).toBe("FROM y\n");
    expect(files.get(".dockerignore")?.text).toContain(dockerfile);
    expect(files.get(".dockerignore")?.text).toContain("!sub/keep");
  });

  it("is a folder", async () => {
    await expect(packContext(join(root, "a"), join(folder, "Dockerfile"))).rejects.toThrow(UserError);
  });
});
