import { LIMITS, LimitError } from "../../core/image/limits.ts";
import { isTarStart, TAR_BLOCK, type TarEntry } from "../../core/image/tar.ts";
import { type Archive, checkJsonSize } from "./archive.ts";
import { cutShort } from "./blob.ts";
import { ChunkReader, type Chunks } from "./chunks.ts";
import { EntryCount, type LayerContents } from "./collect.ts";
import {
  type LayerRequest,
  type LayerSource,
  peek,
  readHeadsAgain,
  readUnverified,
  type UnverifiedLayer,
  verified,
} from "./layer.ts";
import { Members } from "./members.ts";
import { packingOf } from "./packing.ts";
import { tarReader } from "./tar-reader.ts";

/** Documents of one archive that are kept until it is known which of them matter, in bytes. */
const MAX_TEXTS = 64 * 1024 ** 2;

/** What a member turned out to be, by its content. */
type Member =
  | { readonly kind: "layer"; readonly layer: LayerSource }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "other"; readonly size: number };

const OPENING_BRACE = 0x7b;
const OPENING_BRACKET = 0x5b;

/**
 * An archive that can only be read from its start to its end: a compressed one, or what an engine sends. It is
 * read once, and of every layer in it the entries are kept, since the manifest that names the layers often comes
 * last. `open` is asked again only when first bytes of files are wanted.
 */
export async function readStreamedTar(
  name: string,
  open: () => Chunks,
  signal?: AbortSignal,
): Promise<Archive> {
  const members = new Members<Member>(name);
  const count = new EntryCount();
  let texts = 0;
  for await (const { entry, data } of membersOf(open(), name)) {
    const label = `${name}: ${entry.name}`;
    let member: Member = { kind: "other", size: 0 };
    if (entry.type === "file") {
      const { start, chunks } = await peek(data, TAR_BLOCK);
      if (isTarStart(start) || packingOf(start, label) !== "none") {
        const read = await readUnverified(chunks, label, { count, wanted: null, ...given(signal) });
        const again = (): Chunks => memberAgain(open(), name, entry.name);
        member = { kind: "layer", layer: new StreamedLayer(label, entry.stored, read, again) };
      } else member = await documentOf(start, chunks, entry.stored);
    }
    if (member.kind === "text") texts += entry.stored;
    if (texts > MAX_TEXTS) throw new LimitError("json-size", `${name} has ${texts} bytes of JSON in all`);
    members.add(entry, () => member);
  }
  return {
    name,
    text(path) {
      const member = members.find(path);
      if (member?.kind === "other") checkJsonSize(member.size, `${name}: ${path}`);
      return member?.kind === "text" ? member.text : null;
    },
    layer(path) {
      const member = members.find(path);
      return member?.kind === "layer" ? member.layer : null;
    },
    close() {},
  };
}

/** Reports about an image are JSON too, and may be large: what is not kept is only missed when asked for. */
async function documentOf(start: Uint8Array, chunks: Chunks, size: number): Promise<Member> {
  const isText = start[0] === OPENING_BRACE || start[0] === OPENING_BRACKET;
  if (!isText || size > LIMITS["json-size"].value) return { kind: "other", size };
  const reader = new ChunkReader(chunks);
  return { kind: "text", text: new TextDecoder().decode(await reader.read(size)) };
}

/** A layer of such an archive, read once already. */
class StreamedLayer implements LayerSource {
  readonly seekable = false;
  readonly size: number;
  private readonly name: string;
  private readonly found: UnverifiedLayer;
  private readonly again: () => Chunks;

  constructor(name: string, size: number, found: UnverifiedLayer, again: () => Chunks) {
    this.name = name;
    this.size = size;
    this.found = found;
    this.again = again;
  }

  async read(request: LayerRequest): Promise<LayerContents> {
    const { enoughHeads } = request;
    if (enoughHeads === undefined) return verified(this.found, request, this.name);
    return readHeadsAgain(this.again(), this.name, request, enoughHeads);
  }

  readHead(): null {
    return null;
  }
}

async function* memberAgain(chunks: Chunks, archive: string, name: string): AsyncGenerator<Uint8Array> {
  for await (const { entry, data } of membersOf(chunks, archive)) {
    if (entry.name !== name) continue;
    yield* data;
    return;
  }
}

/** The entries of a tar with their data, which may be left unread. */
async function* membersOf(
  chunks: Chunks,
  name: string,
): AsyncGenerator<{ readonly entry: TarEntry; readonly data: Chunks }> {
  const source = new ChunkReader(chunks);
  const found: TarEntry[] = [];
  const reader = tarReader(name, {
    entry(entry) {
      found.push(entry);
      return 0;
    },
    head() {},
  });
  try {
    while (!reader.ended) {
      let skip = reader.skip;
      for (const entry of found.splice(0)) {
        const taken = (bytes: number): void => {
          skip -= bytes;
        };
        yield { entry, data: source.take(entry.stored, taken) };
      }
      const missing = await source.skip(skip);
      if (reader.mayEnd && missing > 0 && missing <= reader.padding) return;
      const block = missing > 0 ? new Uint8Array() : await source.read(reader.need);
      if (reader.mayEnd && missing === 0 && block.length === 0) return;
      if (block.length < reader.need) throw cutShort(name);
      reader.take(block);
    }
    // What is behind the end is thrown away, but a compressed archive is only known to be whole at its end.
    await source.skip(Number.POSITIVE_INFINITY);
  } finally {
    await source.close();
  }
}

function given(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
