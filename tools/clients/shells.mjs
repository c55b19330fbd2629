import { debianClient } from "./debian.mjs";

/** Shells that complete trainlint's commands, beside bash. */
export const zsh = debianClient({ title: "zsh", name: "zsh", program: "/usr/bin/zsh" });
export const fish = debianClient({ title: "fish", name: "fish", program: "/usr/bin/fish" });
