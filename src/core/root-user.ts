import type { DockerfileModel } from "./dockerfile/model.ts";
import { baseName } from "./paths.ts";

/** The user part of USER, without the group; "" is root. */
export function userPart(user: string): string {
  return user.split(":", 1)[0]?.trim() ?? "";
}

/** Whether a user by this name or number is root, wherever it is looked up. */
export function isRoot(user: string): boolean {
  return user === "" || user === "root" || /^0+$/.test(user);
}

/** Whether a command of the build makes a user of this name with the number 0. */
export function isMadeRoot(dockerfile: DockerfileModel, user: string): boolean {
  return dockerfile.commands.some((command) => {
    const words = command.argv.map((word) => word.value ?? "");
    const at = words.findIndex((word) => /^(?:useradd|adduser|usermod)$/.test(baseName(word)));
    if (at === -1 || !words.slice(at).includes(user)) return false;
    return words.some((word, index) => {
      if (/^(?:-u|--uid)$/.test(word)) return words[index + 1] === "0";
      return word === "--uid=0" || word === "-u0";
    });
  });
}

/** The number of a user in the text of /etc/passwd; `null` where it has none of that name. */
export function userNumber(passwd: string, user: string): number | null {
  for (const line of passwd.split("\n")) {
    const [name, , number = ""] = line.split(":");
    if (name === user && /^\d+$/.test(number)) return Number(number);
  }
  return null;
}
