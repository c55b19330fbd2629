/** Names that hold a Dockerfile: `Dockerfile`, `Dockerfile.gpu`, `gpu.Dockerfile`, `Containerfile`, `Dockerfile-train`. */
const DOCKERFILE_NAME = /^((docker|container)file([._-].+)?|.+[._-](docker|container)file)$/i;

/** Endings of files that stand beside Dockerfiles and share the name, as alternatives of a regular expression. */
export const OTHER_ENDINGS = [
  "dockerignore containerignore",
  "md mdx rst txt adoc html htm pdf",
  // Of languages only those whose code is met under this name; Dockerfile.java and the like are Dockerfiles.
  "py pyc ipynb sh bash bat cmd ps1 js mjs cjs ts tsx jsx go rb",
  "json jsonc yaml yml toml ini cfg conf xml csv hcl tf lock log",
  "j2 jinja jinja2 tmpl tpl template erb ejs hbs mustache in m4",
  "bak backup old orig rej swp swo tmp patch diff",
  "zip tar gz tgz bz2 xz zst png svg",
]
  .join(" ")
  .split(" ")
  .join("|");

const OTHER_FILE = new RegExp(`(\\.(${OTHER_ENDINGS})|~)$`, "i");

/** Whether a name ends as documents, code and templates do. */
export function isOtherFileName(name: string): boolean {
  return OTHER_FILE.test(name);
}

/** Whether a file of this name (no folders) is taken for a Dockerfile when a folder is searched. */
export function isDockerfileName(name: string): boolean {
  return DOCKERFILE_NAME.test(name) && !isOtherFileName(name);
}

/** Whether a file that was named by the user is read as a training-job request. */
export function isJobName(path: string): boolean {
  return /\.(jsonc?|ya?ml|sh|bash)$/i.test(path) && !/(^|[\\/])\.?trainlint\.(json|ya?ml)$/i.test(path);
}
