import { UserError } from "../../core/errors.ts";
import { pathInImage } from "../../core/image/entry.ts";
import { LIMITS, LimitError } from "../../core/image/limits.ts";
import type { TarEntry } from "../../core/image/tar.ts";
import { absolutePath, parentOf } from "../../core/paths.ts";

/** The members of an archive by their path in it, and the links between them. */
export class Members<T> {
  private readonly archive: string;
  private readonly files = new Map<string, T>();
  private readonly links = new Map<string, string>();
  private readonly twice = new Set<string>();
  private count = 0;

  /** `archive` is the name used in errors. */
  constructor(archive: string) {
    this.archive = archive;
  }

  /**
   * Notes an entry of the archive; `file` makes what is kept of a file.
   *
   * @throws LimitError when there are too many.
   */
  add(entry: TarEntry, file: () => T): void {
    this.count += 1;
    if (this.count > LIMITS.entries.value)
      throw new LimitError("entries", `${this.archive} has more entries`);
    if (entry.type !== "file" && entry.linkName === null) return;
    const path = pathInImage(entry.name, "/", this.archive);
    if (this.files.has(path) || this.links.has(path)) this.twice.add(path);
    if (entry.linkName === null) this.files.set(path, file());
    else this.links.set(path, absolutePath(entry.type === "symlink" ? parentOf(path) : "/", entry.linkName));
  }

  /**
   * The member of this name, links followed; `null` when there is none.
   *
   * @throws UserError when the name is there twice: which of them an engine takes is open.
   */
  find(name: string): T | null {
    let path = absolutePath("/", name);
    for (let steps = 0; ; steps += 1) {
      if (this.twice.has(path)) {
        throw new UserError(`${this.archive} is not a readable image: it has ${path.slice(1)} twice.`, {
          help: "Save the image again.",
        });
      }
      const target = this.links.get(path);
      if (target === undefined) return this.files.get(path) ?? null;
      if (steps >= LIMITS["link-depth"].value) {
        throw new LimitError("link-depth", `${this.archive} has links at ${name} that lead to one another`);
      }
      path = target;
    }
  }
}
