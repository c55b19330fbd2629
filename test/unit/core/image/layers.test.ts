import { describe, expect, it } from "vitest";
import { mergeLayers } from "../../../../src/core/image/layers.ts";
import type { FileEntry, FileType } from "../../../../src/core/image/model.ts";

function entry(path: string, layer: string, type: FileType = "file"): FileEntry {
  return { path, type, size: 0, mode: 0o644, uid: 0, gid: 0, linkTarget: null, layer, head: null };
}

function told(entries: Iterable<FileEntry>): string[] {
  return [...entries].map(({ path, layer }) => `${path}@${layer}`).sort();
}

describe("merging layers", () => {
  it("shows the newest and keeps the older one as hidden", () => {
    const merged = mergeLayers([[entry("/a", "1")], [entry("/a", "2")]]);
    expect(told(merged.visible.values())).toEqual(["/a@2"]);
    expect(told(merged.hidden)).toEqual(["/a@1"]);
  });

  it("hides a deleted folder with all below it, and nothing with a longer name", () => {
    const merged = mergeLayers([
      [entry("/d", "1", "directory"), entry("/d/x", "1"), entry("/dd", "1")],
      [entry("/.wh.d", "2")],
    ]);
    expect(told(merged.visible.values())).toEqual(["/dd@1"]);
    expect(told(merged.hidden)).toEqual(["/d/x@1"]);
  });

  it("lets an opaque folder hide lower layers only, wherever it stands in its own layer", () => {
    const merged = mergeLayers([
      [entry("/d/old", "1")],
      [entry("/d/new", "2"), entry("/d/.wh..wh..opq", "2"), entry("/d/newer", "2")],
      [entry("/d/newest", "3")],
    ]);
    expect(told(merged.visible.values())).toEqual(["/d/new@2", "/d/newer@2", "/d/newest@3"]);
    expect(told(merged.hidden)).toEqual(["/d/old@1"]);
  });

  it("brings a path back that was deleted in between", () => {
    const merged = mergeLayers([[entry("/a", "1")], [entry("/.wh.a", "2")], [entry("/a", "3")]]);
    expect(told(merged.visible.values())).toEqual(["/a@3"]);
    expect(told(merged.hidden)).toEqual(["/a@1"]);
  });

  it("hides what was below a folder that became a link", () => {
    const merged = mergeLayers([[entry("/d/x", "1")], [entry("/d", "2", "symlink")]]);
    expect(told(merged.visible.values())).toEqual(["/d@2"]);
    expect(told(merged.hidden)).toEqual(["/d/x@1"]);
  });
});
