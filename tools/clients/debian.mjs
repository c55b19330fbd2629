import { existsSync } from "node:fs";

/** A program of a Debian package. */
export function debianClient({ title, name, program }) {
  return {
    title,
    packages: [name],
    find: () => (existsSync(program) ? program : null),
    install: async () => `the Debian package ${name} is not installed`,
  };
}
