/** Makes saved images like those for training: a few big files, very many small ones, from a fixed seed. */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";

const BLOCK = 512;

/** Pseudo-random numbers from 0 to 1 that are the same on every run (mulberry32). */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * The files of each layer, `[path, size]`: `entries` and `bytes` in all. Sizes are spread as in the folders of
 * Python packages (log-normal, median 2 KB, one in ten above 20 KB); what is missing to the bytes is in one file
 * of a hundred, as libraries and weights have it.
 */
export function layersOf({ entries, bytes, layers, seed = 1 }) {
  const next = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const perLayer = Math.ceil(entries / layers);
  const files = Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: Math.min(perLayer, entries - layer * perLayer) }, (_, at) => [
      `opt/conda/lib/python3.11/site-packages/package${layer}_${at >> 5}/module_${at}.py`,
      Math.min(Math.floor(2000 * Math.exp(1.8 * normal())), 1_000_000),
    ]),
  );
  const big = files.flatMap((layer) => layer.filter((_, at) => at % 100 === 50));
  const missing = bytes - files.flat().reduce((sum, [, size]) => sum + size, 0);
  if (missing > 0) for (const file of big) file[1] += Math.floor(missing / big.length);
  return files;
}

/** Writes what `docker save` writes. `sparse` leaves the data of files as holes, for sizes that no disk has room for. */
export function writeSavedImage(path, layers, { sparse = false } = {}) {
  const out = new Output(path, sparse);
  const digests = layers.map((files, at) => {
    const total = files.reduce((sum, [, size]) => sum + BLOCK + filled(size), 2 * BLOCK);
    out.write(header(`layer${at}/layer.tar`, total));
    out.beginDigest();
    for (const [name, size] of files) {
      out.write(header(name, size));
      out.data(size);
    }
    out.write(Buffer.alloc(2 * BLOCK));
    return out.endDigest();
  });
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    config: {
      Entrypoint: ["/opt/conda/bin/python", "/opt/program/train.py"],
      Env: ["PATH=/opt/conda/bin:/usr/bin"],
    },
    rootfs: { type: "layers", diff_ids: digests },
    history: digests.map((_, at) => ({ created_by: `COPY layer ${at}` })),
  });
  const Layers = layers.map((_, at) => `layer${at}/layer.tar`);
  const manifest = JSON.stringify([
    { Config: "config.json", RepoTags: ["trainlint-bench/image:latest"], Layers },
  ]);
  for (const [name, text] of [
    ["config.json", config],
    ["manifest.json", manifest],
  ]) {
    out.write(header(name, text.length));
    out.write(Buffer.from(text.padEnd(filled(text.length), "\0")));
  }
  out.write(Buffer.alloc(2 * BLOCK));
  out.close();
  return path;
}

/** A tar of these files in memory, with data that packs like sources and libraries do: to about half. */
export function layerBytes(files) {
  const pool = packable();
  const parts = files.flatMap(([name, size], at) => {
    const from = (at * 7919 * BLOCK) % (pool.length - size);
    return [header(name, size), pool.subarray(from, from + size), Buffer.alloc(filled(size) - size)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

class Output {
  constructor(path, sparse) {
    this.fd = openSync(path, "w");
    this.at = 0;
    this.sparse = sparse;
    this.noise = noise();
    this.hash = null;
  }

  write(bytes) {
    writeSync(this.fd, bytes, 0, bytes.length, this.at);
    this.hash?.update(bytes);
    this.at += bytes.length;
  }

  /** Data of a file, filled up to whole blocks. */
  data(size) {
    if (this.sparse) {
      this.at += filled(size);
      return;
    }
    for (let left = filled(size); left > 0; ) {
      const part = this.noise.subarray(0, Math.min(left, this.noise.length));
      this.write(part);
      left -= part.length;
    }
  }

  beginDigest() {
    this.hash = this.sparse ? null : createHash("sha256");
  }

  /** Holes are not read, and so their digest is not known; a reader that jumps over data does not miss it. */
  endDigest() {
    const hex = this.hash === null ? String(this.at).padStart(64, "0") : this.hash.digest("hex");
    this.hash = null;
    return `sha256:${hex}`;
  }

  close() {
    ftruncateSync(this.fd, this.at);
    // Gigabytes that are still on their way to the disk would slow down whatever is measured next.
    fsyncSync(this.fd);
    closeSync(this.fd);
  }
}

function header(name, size) {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100);
  block.write("0000644\0" + "0000000\0" + "0000000\0", 100);
  block.write(`${size.toString(8).padStart(11, "0")}\0${"0".repeat(11)}\0`, 124);
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\0" + "00", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function filled(size) {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function noise() {
  const next = random(2);
  const bytes = Buffer.alloc(4 * 1024 ** 2);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(next() * 4294967296, at);
  return bytes;
}

/** 64 MiB of lines of words with noise between them, which pack to about half. */
function packable() {
  const next = random(3);
  const words = [
    "import",
    "return",
    "self",
    "tensor",
    "forward",
    "def",
    "class",
    "layer",
    "0x7f",
    "=",
    "(",
    "):",
  ];
  const bytes = Buffer.alloc(64 * 1024 ** 2);
  const raw = noise();
  for (let at = 0; at < bytes.length; ) {
    const from = Math.floor(next() * (raw.length - 300));
    at += raw.copy(bytes, at, from, from + 100 + Math.floor(next() * 200));
    const line = Array.from({ length: 60 }, () => words[Math.floor(next() * words.length)]).join(" ");
    at += bytes.write(`${line} ${next()}\n`, at, "latin1");
  }
  return bytes;
}
