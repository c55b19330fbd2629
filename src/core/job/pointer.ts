/** A JSON pointer (RFC 6901) from its parts. */
export function pointerOf(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The pointer of the value around this one. */
export function parentPointer(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf("/")));
}

/** How a person writes a pointer: `InputDataConfig[0].ChannelName`. */
export function spokenPointer(pointer: string): string {
  let text = "";
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (/^\d+$/.test(name) && text !== "") text += `[${name}]`;
    else text += text === "" ? name : `.${name}`;
  }
  return text === "" ? "the request" : text;
}
