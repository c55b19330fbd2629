import { baseName } from "../../paths.ts";

const FILE_NAMES =
  /^(?:Makefile|Dockerfile|LICEN[CS]E|README|NOTICE|VERSION|Pipfile|Gemfile|Procfile|Rakefile|CMakeLists|\.(?:env|bashrc|profile|bash_profile|zshrc|vimrc|condarc|netrc|npmrc|pypirc|gitconfig|gitignore|dockerignore|wgetrc|curlrc))$/;
const EXTENSION = /[^./]\.([A-Za-z][A-Za-z0-9]{0,9}|7z|pem|run)$/;
const FOLDER_EXTENSIONS = new Set(["d", "git", "app", "framework", "egg", "dist"]);

/** Whether a name plainly is a file's: it has an extension, or is one that everybody knows. */
export function looksLikeFile(path: string): boolean {
  if (path.endsWith("/")) return false;
  const name = baseName(path);
  if (FILE_NAMES.test(name) || /[^.]\.so(?:\.\d+)*$/.test(name)) return true;
  const extension = EXTENSION.exec(name)?.[1];
  return extension !== undefined && !FOLDER_EXTENSIONS.has(extension.toLowerCase());
}
