import { chmodSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../../src/core/errors.ts";
import { discover } from "../../../../src/edges/files/discover.ts";
import { isDockerfileName } from "../../../../src/edges/files/names.ts";
import { asOrdinaryUser } from "../../../support/ordinary-user.ts";

/** A folder of its own with these empty files in it. */
function treeOf(files: readonly string[]): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "trainlint-discover-")));
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  return root;
}

describe("names that hold a Dockerfile", () => {
  test.each([
    "Dockerfile",
    "dockerfile",
    "DOCKERFILE",
    "Dockerfile.gpu",
    "Dockerfile.py39",
    "Dockerfile.java",
    "Dockerfile.dev.cpu",
    "Dockerfile-train",
    "Dockerfile_train",
    "gpu.Dockerfile",
    "gpu.dockerfile",
    "train-Dockerfile",
    "Containerfile",
    "Containerfile.gpu",
    "gpu.containerfile",
  ])("%s", (name) => {
    expect(isDockerfileName(name)).toBe(true);
  });

  test.each([
    ".dockerignore",
    "Dockerfile.dockerignore",
    "gpu.Dockerfile.dockerignore",
    "Dockerfile.md",
    "dockerfile.py",
    "dockerfile_test.go",
    "Dockerfile.j2",
    "Dockerfile.template",
    "Dockerfile.in",
    "Dockerfile.bak",
    "Dockerfile~",
    ".Dockerfile.swp",
    "Dockerfile.patch",
    "Dockerfile.",
    "mydockerfile",
    "dockerfiles.json",
    "docker-compose.yml",
    "docker",
  ])("not %s", (name) => {
    expect(isDockerfileName(name)).toBe(false);
  });
});

describe("a folder", () => {
  test("is searched, hidden folders too, but not what is installed in it", async () => {
    const root = treeOf([
      "Dockerfile",
      ".devcontainer/Dockerfile",
      "sub/Dockerfile/Dockerfile",
      "sub/Dockerfile/readme.md",
      "node_modules/x/Dockerfile",
      ".git/Dockerfile",
      "env/lib/site-packages/x/Dockerfile",
    ]);
    expect(await discover(["."], root)).toEqual([
      ".devcontainer/Dockerfile",
      "Dockerfile",
      "sub/Dockerfile/Dockerfile",
    ]);
  });

  test("links: no circle, no folder twice, a linked file once", async () => {
    const root = treeOf(["a/Dockerfile", "b/train.docker", "b/x"]);
    symlinkSync("..", join(root, "a/loop"));
    symlinkSync("a", join(root, "linked"));
    symlinkSync("a/Dockerfile", join(root, "Dockerfile"));
    symlinkSync("train.docker", join(root, "b/Dockerfile"));
    symlinkSync("Dockerfile", join(root, "b/Dockerfile.again"));
    symlinkSync("nowhere", join(root, "b/Dockerfile.broken"));
    expect(await discover(["."], root)).toEqual(["a/Dockerfile", "b/Dockerfile"]);
  });

  test("without a Dockerfile is the user's error", async () => {
    await expect(discover(["."], treeOf(["readme.md"]))).rejects.toThrow(UserError);
  });

  test("a folder inside that may not be read is passed over, and so is such a .gitignore", async () => {
    const root = treeOf(["Dockerfile", "data/Dockerfile", "listed/Dockerfile", ".gitignore"]);
    chmodSync(root, 0o755);
    chmodSync(join(root, "data"), 0o000);
    chmodSync(join(root, "listed"), 0o404);
    chmodSync(join(root, ".gitignore"), 0o000);
    expect(await asOrdinaryUser(() => discover(["."], root))).toEqual(["Dockerfile"]);
    await expect(asOrdinaryUser(() => discover(["data"], root))).rejects.toThrow("may not be read");
  });
});

describe("files and patterns", () => {
  const root = treeOf([
    "Dockerfile",
    "Dockerfile.md",
    "train.docker",
    "docker/Dockerfile.gpu",
    "docker/gpu/run.py",
    "docker/gpu/Containerfile",
  ]);

  test.each([
    [["Dockerfile.md"], ["Dockerfile.md"]],
    [["./train.docker", "train.docker"], ["train.docker"]],
    [["*"], ["Dockerfile", "docker/Dockerfile.gpu", "docker/gpu/Containerfile"]],
    [["Dockerfile*"], ["Dockerfile"]],
    [["*.md"], ["Dockerfile.md"]],
    [["*.docker"], ["train.docker"]],
    [["**/*.{gpu,docker}"], ["docker/Dockerfile.gpu", "train.docker"]],
    [["docker/**"], ["docker/Dockerfile.gpu", "docker/gpu/Containerfile"]],
    [["dock*"], ["docker/Dockerfile.gpu", "docker/gpu/Containerfile"]],
    [["docker/*/Containerfile"], ["docker/gpu/Containerfile"]],
  ])("%j", async (words, expected) => {
    expect((await discover(words, root)).sort()).toEqual(expected);
  });

  test("a pattern may begin outside of the folder", async () => {
    expect(await discover(["../*.docker"], join(root, "docker"))).toEqual([join(root, "train.docker")]);
  });

  test("a file named like a pattern is that file", async () => {
    const odd = treeOf(["Dockerfile[1]", "Dockerfile1"]);
    expect(await discover(["Dockerfile[1]"], odd)).toEqual(["Dockerfile[1]"]);
  });

  test("what names nothing is the user's error", async () => {
    await expect(discover(["nowhere"], root)).rejects.toThrow(UserError);
    await expect(discover(["nothing*"], root)).rejects.toThrow(UserError);
    await expect(discover(["nowhere/*"], root)).rejects.toThrow(UserError);
  });
});
