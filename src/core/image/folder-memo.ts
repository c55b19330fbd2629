import { parentOf } from "../paths.ts";

/**
 * Answers a question about the folder that a path lies in, asked once for each folder. The paths of a layer come
 * folder by folder, so the last answer mostly holds for the next path too.
 */
export class FolderMemo<T> {
  private readonly ask: (folder: string) => T;
  private answers = new Map<string, T>();
  /** The path of the last folder with a slash at its end, and its answer. */
  private last: { readonly start: string; readonly answer: T } | null = null;

  constructor(ask: (folder: string) => T) {
    this.ask = ask;
  }

  /** The answer for the folder that this path lies in. */
  of(path: string): T {
    const { last } = this;
    if (last !== null && path.startsWith(last.start) && !path.includes("/", last.start.length)) {
      return last.answer;
    }
    const folder = parentOf(path);
    let answer = this.answers.get(folder);
    if (answer === undefined) {
      answer = this.ask(folder);
      this.answers.set(folder, answer);
    }
    this.last = { start: folder === "/" ? folder : `${folder}/`, answer };
    return answer;
  }

  forget(): void {
    this.answers = new Map();
    this.last = null;
  }
}
