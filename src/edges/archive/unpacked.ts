import type { Chunks } from "./chunks.ts";
import type { Packing } from "./packing.ts";

/**
 * The bytes without their packing. What unpacks them is only loaded for those that are packed: Node's own parts of it
 * take longer than many an image.
 *
 * @throws UserError while it is read when the data is damaged, LimitError when it unpacks to too much.
 */
export function unpacked(chunks: Chunks, packing: Packing, name: string): Chunks {
  return packing === "none" ? chunks : unpackedLater(chunks, packing, name);
}

async function* unpackedLater(
  chunks: Chunks,
  packing: Exclude<Packing, "none">,
  name: string,
): AsyncGenerator<Uint8Array> {
  const { unpack } = await import("./unpack.ts");
  yield* unpack(chunks, packing, name);
}
