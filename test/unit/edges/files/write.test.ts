import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../../src/core/errors.ts";
import { writeWhole } from "../../../../src/edges/files/write.ts";

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
