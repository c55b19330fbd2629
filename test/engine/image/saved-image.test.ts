import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterAll, expect, it } from "vitest";
import { runRules } from "../../../src/core/engine.ts";
import { resolvePath } from "../../../src/core/image/lookup.ts";
import { readImage } from "../../../src/edges/images.ts";
import { rules } from "../../../src/rules/index.ts";
import { buildImage, busyboxBase, describeWithEngine, docker, removeImage } from "../support/images.ts";

const TAG = "trainlint-test/saved:latest";
const NEEDS = rules.flatMap((rule) => (rule.needs === undefined ? [] : [rule.needs]));

describeWithEngine("an image saved by a real engine", () => {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-saved-"));
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await removeImage(TAG);
  });

  it("has the same configuration, files and findings as in the engine", async () => {
    await buildImage({
      tag: TAG,
      dockerfile: [
        `FROM ${await busyboxBase()}`,
        "COPY train /usr/local/bin/run",
        "RUN chmod +x /usr/local/bin/run && ln -s run /usr/local/bin/train",
        "RUN mkdir -p /opt/ml/input /opt/ml/model && echo x > /opt/ml/input/a && echo x > /opt/ml/model/gone",
        "RUN rm /opt/ml/model/gone",
        "RUN rm -r /opt/ml/input && mkdir /opt/ml/input && echo y > /opt/ml/input/b",
      ].join("\n"),
      files: { train: "#!/bin/sh\necho train\n" },
    });
    const path = join(folder, "image.tar");
    await pipeline(await docker.getImage(TAG).get(), createWriteStream(path));
    const engine = await readImage(TAG, NEEDS);
    const archive = await readImage(`docker-archive:${path}`, NEEDS);
    expect(archive.id).toBe(engine.id);
    expect(archive.config).toEqual(engine.config);
    expect(archive.platform).toEqual(engine.platform);
    expect(archive.layers.map(({ digest }) => digest)).toEqual(engine.layers.map(({ digest }) => digest));
    for (const [name, entry] of engine.files.visible) {
      if (entry.type !== "file" || entry.head === null) continue;
      const same = archive.files.visible.get(name);
      expect(same?.mode, name).toBe(entry.mode);
      expect(Buffer.from(same?.head ?? []), name).toEqual(Buffer.from(entry.head));
    }
    expect(resolvePath(archive.files, "/usr/local/bin/train")?.entry.path).toBe("/usr/local/bin/run");
    expect(archive.files.visible.has("/opt/ml/input/b")).toBe(true);
    expect(archive.files.hidden.map((entry) => entry.path).sort()).toEqual([
      "/opt/ml/input/a",
      "/opt/ml/model/gone",
      // chmod in a later layer ships the file a second time.
      "/usr/local/bin/run",
    ]);
    const judged = (image: typeof engine) =>
      runRules(rules, { image }).findings.map(({ ruleId, messageId, evidence }) => [
        ruleId,
        messageId,
        evidence,
      ]);
    expect(judged(archive)).toEqual(judged(engine));
    expect(judged(archive)).not.toEqual([]);
  });
});
