import { safeText } from "../app/safe-text.ts";
import type { OutputStream } from "./output-stream.ts";

/** One line on a terminal that tells what is going on, and is gone when there is something to read. */
export interface StatusLine {
  readonly show: (message: string) => void;
  readonly clear: () => void;
}

const CLEAR = "\r\u001b[2K";

/** A status line on this stream. What a container printed may be part of a message, so it is made safe. */
export function statusLine(stream: OutputStream): StatusLine {
  let shown = false;
  return {
    show(message) {
      const text = safeText(message.replace(/[\r\n\t]+/g, " "));
      stream.write(CLEAR + [...text].slice(0, (stream.columns || 80) - 1).join(""));
      shown = true;
    },
    clear() {
      if (shown) stream.write(CLEAR);
      shown = false;
    },
  };
}
