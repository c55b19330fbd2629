import { npmClient } from "./npm-client.mjs";

/** Checks GitLab pipelines against GitLab's schema and runs them on this machine. It takes Node 22 or later. */
export const gitlabCiLocal = {
  ...npmClient({
    title: "gitlab-ci-local",
    name: "gitlab-ci-local",
    version: "4.75.1",
    program: "gitlab-ci-local/dist/index.js",
  }),
  packages: ["git", "rsync"],
};
