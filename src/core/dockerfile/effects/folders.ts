import { parentOf } from "../../paths.ts";
import type { Effect } from "../model.ts";

/** Folders that every Linux image of use has. */
const USUAL: readonly string[] =
  "/ /bin /sbin /lib /lib64 /etc /opt /root /home /tmp /run /srv /mnt /media /usr /usr/bin /usr/sbin /usr/lib /usr/include /usr/share /usr/src /usr/local /usr/local/bin /usr/local/sbin /usr/local/lib /usr/local/include /usr/local/share /usr/local/etc /var /var/lib /var/log /var/tmp /etc/profile.d /etc/apt /etc/apt/sources.list.d".split(
    " ",
  );

/** The folders that are known to be there, so that `cp file folder` can be told from `cp file name`. */
export class Folders {
  private readonly known = new Set(USUAL);

  has(path: string): boolean {
    return this.known.has(path);
  }

  add(path: string): void {
    for (let folder = path; !this.known.has(folder); folder = parentOf(folder)) this.known.add(folder);
  }

  /** Takes in what an effect makes. */
  learn(effect: Effect): void {
    switch (effect.kind) {
      case "make-directory":
      case "volume":
      case "workdir":
        this.add(effect.path);
        return;
      case "place":
        this.add(effect.extent === "below" ? effect.path : parentOf(effect.path));
        return;
      case "link":
        this.add(parentOf(effect.path));
        return;
      case "remove":
        if (!effect.below && !effect.conditional) this.known.delete(effect.path);
        return;
      default:
        return;
    }
  }
}
