import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { headText, resolvePath } from "../../../../src/core/image/lookup.ts";
import type { ImageNeeds } from "../../../../src/core/image/model.ts";
import { MAX_ROUNDS } from "../../../../src/core/image/needs.ts";
import { readImage } from "../../../../src/edges/images.ts";
import { tarOf } from "../../../engine/support/tar.ts";

const folder = mkdtempSync(join(tmpdir(), "trainlint-follow-ups-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A saved image of one layer. */
function saved(files: Readonly<Record<string, string>>): string {
  const layer = tarOf(files);
  const config = JSON.stringify({
    os: "linux",
    architecture: "amd64",
    config: { Entrypoint: ["/a"] },
    rootfs: { type: "layers", diff_ids: [`sha256:${createHash("sha256").update(layer).digest("hex")}`] },
  });
  const path = join(folder, "image.tar");
  const manifest = JSON.stringify([{ Config: "config.json", Layers: ["layer.tar"] }]);
  writeFileSync(path, tarOf({ "layer.tar": layer, "config.json": config, "manifest.json": manifest }));
  return path;
}

/** Each file names the next one. */
function chain(rounds: number[]): ImageNeeds {
  return {
    depth: "files",
    queries: () => [{ kind: "path", path: "/a", head: 16 }],
    followUps: (_, files) => {
      rounds.push(files.asked.length);
      const last = files.asked.at(-1)?.path ?? "";
      const entry = resolvePath(files, last)?.entry;
      const next = entry === undefined ? null : headText(entry);
      return next === null ? [] : [{ kind: "path", path: next, head: 16 }];
    },
  };
}

it("reads what the files of an earlier round lead to, until nothing is added", async () => {
  const rounds: number[] = [];
  const path = saved({ a: "/b", b: "/c", c: "/gone" });
  const image = await readImage(`docker-archive:${path}`, [chain(rounds)]);
  expect(image.files.asked.map((query) => query.path)).toEqual(["/a", "/b", "/c", "/gone"]);
  expect([...image.files.visible.values()].map((entry) => headText(entry))).toEqual(["/b", "/c", "/gone"]);
  expect(rounds).toEqual([1, 2, 3, 4]);
});

it("comes to an end when every file leads to another", async () => {
  let count = 0;
  const endless: ImageNeeds = {
    depth: "files",
    queries: () => [{ kind: "path", path: "/a" }],
    followUps: () => {
      count += 1;
      return [{ kind: "path", path: `/a/${count}` }];
    },
  };
  await readImage(`docker-archive:${saved({ a: "x" })}`, [endless]);
  expect(count).toBe(MAX_ROUNDS);
});
