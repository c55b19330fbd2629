import { UserError } from "../../core/errors.ts";
import { LIMITS, LimitError, RATIO_FREE } from "../../core/image/limits.ts";
import type { Chunks } from "./chunks.ts";

/** Counts what goes into a decoder and what comes out of it. `name` is what is unpacked, for errors. */
export class Meter {
  private readonly name: string;
  private into = 0;
  private out = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Counts packed bytes as they go by. */
  async *packed(chunks: Chunks): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.into += chunk.length;
      yield chunk;
    }
  }

  /**
   * Counts unpacked bytes as they go by.
   *
   * @throws LimitError where there are too many, of themselves or for the packed ones.
   */
  async *unpacked(chunks: Chunks): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.add(chunk.length);
      yield chunk;
    }
  }

  /** Counts for whoever has no streams: `packed` bytes have gone in so far, and `unpacked` more came out. */
  see(packed: number, unpacked: number): void {
    this.into = packed;
    this.add(unpacked);
  }

  private add(unpacked: number): void {
    this.out += unpacked;
    const { name, into, out } = this;
    if (out > LIMITS["unpacked-size"].value) {
      throw new LimitError("unpacked-size", `${name} unpacks to more than ${out} bytes`);
    }
    if (out > RATIO_FREE && out > into * LIMITS["decompression-ratio"].value) {
      throw new LimitError("decompression-ratio", `${name} unpacks ${into} bytes to more than ${out}`);
    }
  }
}

/** What a decoder can't make sense of. */
export function damaged(name: string, error: unknown): UserError {
  return new UserError(`${name} can't be unpacked: ${(error as Error).message}.`, {
    help: "It is damaged or cut short; save the image again.",
    cause: error,
  });
}
