import type { ImageConfig } from "../image/model.ts";

/** Whether an image's ENTRYPOINT looks as shell form leaves it: a shell of /bin, `-c`, and one line. */
export function isShellForm({ Entrypoint }: Pick<ImageConfig, "Entrypoint">): boolean {
  const [shell = "", flag, ...line] = Entrypoint ?? [];
  return line.length === 1 && flag === "-c" && /^\/bin\/(?:ba|da|a)?sh$/.test(shell);
}
