import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../../src/core/errors.ts";
import { rewriteFile, writeWhole } from "../../../../src/edges/files/write.ts";
import { asOrdinaryUser } from "../../../support/ordinary-user.ts";

const folder = mkdtempSync(join(tmpdir(), "trainlint-write-"));

test("a file appears whole, and nothing else is left", async () => {
  await writeWhole(join(folder, "out.json"), "whole");
  expect(readFileSync(join(folder, "out.json"), "utf8")).toBe("whole");
  expect(readdirSync(folder)).toEqual(["out.json"]);
});

test("a reader that has the old file open still reads the old one", async () => {
  const path = join(folder, "out.json");
  const before = statSync(path).ino;
  await writeWhole(path, "new");
  expect(statSync(path).ino).not.toBe(before);
});

test("a link is written through, not replaced", async () => {
  writeFileSync(join(folder, "target"), "old");
  symlinkSync(join(folder, "target"), join(folder, "link"));
  await writeWhole(join(folder, "link"), "new");
  expect(readFileSync(join(folder, "target"), "utf8")).toBe("new");
});

test("a folder that is not there is the user's to make", async () => {
  await expect(writeWhole(join(folder, "no/out.json"), "x")).rejects.toThrow(UserError);
  await expect(writeWhole(folder, "x")).rejects.toThrow(UserError);
});

describe("rewriting a file of the user's", () => {
  const own = mkdtempSync(join(tmpdir(), "trainlint-rewrite-"));
  const path = join(own, "Dockerfile");

  test("keeps its mode, and leaves nothing else behind", async () => {
    writeFileSync(path, "old");
    chmodSync(path, 0o751);
    await rewriteFile(path, "new", "Dockerfile");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o7777).toBe(0o751);
    expect(readdirSync(own)).toEqual(["Dockerfile"]);
  });

  test("goes through links, and keeps other names of the same file", async () => {
    symlinkSync("Dockerfile", join(own, "link"));
    linkSync(path, join(own, "hard"));
    await rewriteFile(join(own, "link"), "newer", "link");
    expect(lstatSync(join(own, "link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(own, "hard"), "utf8")).toBe("newer");
  });

  test("is refused for what is no file", async () => {
    await expect(rewriteFile(own, "x", "folder")).rejects.toThrow("Only a regular file can be fixed.");
    await expect(rewriteFile("/dev/null", "x", "null")).rejects.toThrow(UserError);
  });

  test("is refused where the user may not write the file, and done where only the folder is closed", async () => {
    chmodSync(own, 0o755);
    chmodSync(path, 0o444);
    await expect(asOrdinaryUser(() => rewriteFile(path, "x", "Dockerfile"))).rejects.toThrow(
      "may not be written",
    );
    chmodSync(path, 0o666);
    await asOrdinaryUser(() => rewriteFile(path, "by another", "Dockerfile"));
    expect(readFileSync(path, "utf8")).toBe("by another");
    expect(statSync(path).mode & 0o7777).toBe(0o666);
  });
});
