// Ends the program on a Node that is too old. This file is evaluated before everything else, and the bundle is
// written in syntax that such a Node can read.

const NEEDED_MAJOR = 20;
const NEEDED_MINOR = 19;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < NEEDED_MAJOR || (major === NEEDED_MAJOR && minor < NEEDED_MINOR)) {
  process.stderr.write(
    `trainlint needs Node ${NEEDED_MAJOR}.${NEEDED_MINOR} or later, and this is Node ${process.versions.node}. ` +
      "Install a newer Node, from https://nodejs.org or your package manager.\n",
  );
  process.exit(2);
}

export {};
