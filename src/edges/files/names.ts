/** Names that hold a Dockerfile: `Dockerfile`, `Dockerfile.gpu`, `gpu.Dockerfile`, `Containerfile`, `Dockerfile-train`. */
const DOCKERFILE_NAME = /^((docker|container)file([._-].+)?|.+[._-](docker|container)file)$/i;

/** Files that stand beside Dockerfiles and share the name: documents, code, templates, editors' copies. */
const OTHER_FILE =
  /(\.(dockerignore|md|rst|txt|html|py|sh|js|ts|go|rb|json|ya?ml|toml|j2|jinja2?|tmpl|tpl|template|erb|in|bak|orig|rej|swp|lock)|~)$/i;

/** Whether a file of this name (no folders) is taken for a Dockerfile when a folder is searched. */
export function isDockerfileName(name: string): boolean {
  return DOCKERFILE_NAME.test(name) && !OTHER_FILE.test(name);
}

/** Whether a file that was named by the user is read as a training-job request. */
export function isJobName(path: string): boolean {
  return /\.(jsonc?|ya?ml|sh|bash)$/i.test(path) && !/(^|[\\/])\.?trainlint\.(json|ya?ml)$/i.test(path);
}
