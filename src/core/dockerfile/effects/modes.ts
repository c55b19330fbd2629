import { parentOf } from "../../paths.ts";
import type { ChangeModeEffect, Effect } from "../model.ts";
import type { CommandFiles } from "./command-line.ts";

const SYMBOLIC = /^[ugoa]*[-+=][rwxXstugo]*(?:[-+=][rwxXstugo]*)*(?:,[ugoa]*[-+=][rwxXstugo]*)*$/;

/** Permission bits written in octal; `null` for anything else. */
export function octalMode(text: string | null): number | null {
  return text !== null && /^0?[0-7]{3,4}$/.test(text) ? Number.parseInt(text, 8) : null;
}

/** `chmod`; a pattern counts for everything in its folder. */
export function modeChanges(files: CommandFiles): Effect[] {
  const { words } = files;
  const at = words.findIndex((word) => {
    const value = word.value ?? "";
    return /^[0-7]{1,5}$/.test(value) || SYMBOLIC.test(value);
  });
  const mode = words[at]?.value ?? null;
  if (mode === null) return [];
  const recursive = words.some((word) => /^-[a-zA-Z]*R|^--recursive$/.test(word.value ?? ""));
  const bits = octalMode(mode.padStart(3, "0"));
  return words.slice(at + 1).flatMap((word): Effect[] => {
    if (word.value?.startsWith("-") === true) return [];
    const path = files.path(word);
    if (path === null) return [];
    const pattern = /[*?[]/.test(path);
    return [
      {
        kind: "change-mode",
        ...files.origin(word),
        path: pattern ? plainFolder(path) : path,
        recursive: recursive || pattern,
        mode: bits,
        executable: bits === null ? executableAfter(mode) : (bits & 0o100) !== 0 ? "set" : "cleared",
      },
    ];
  });
}

/** The deepest folder in front of the first pattern. */
function plainFolder(path: string): string {
  let folder = path;
  while (/[*?[]/.test(folder)) folder = parentOf(folder);
  return folder;
}

/** What symbolic changes such as `u+x,go-w` do to the owner's execute bit. */
export function executableAfter(mode: string): ChangeModeEffect["executable"] {
  let result: ChangeModeEffect["executable"] = "unchanged";
  for (const clause of mode.split(",")) {
    const [, who = "", operations = ""] = /^([ugoa]*)([\s\S]*)$/.exec(clause) ?? [];
    if (who !== "" && !/[ua]/.test(who)) continue;
    for (const [, operator, bits = ""] of operations.matchAll(/([-+=])([a-zA-Z]*)/g)) {
      const has = bits.includes("x");
      if (operator === "=") result = has ? "set" : "cleared";
      else if (has) result = operator === "+" ? "set" : "cleared";
    }
  }
  return result;
}
