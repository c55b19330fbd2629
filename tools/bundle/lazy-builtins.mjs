import { builtinModules } from "node:module";

const NAMESPACE = "node-builtin";

/**
 * esbuild plugin: a Node builtin is required when the module that imports it is first needed, and not, as a
 * static import of the one ESM file would be, at start. Linting a Dockerfile so never loads the network.
 */
export function lazyBuiltins() {
  return {
    name: "lazy-builtins",
    setup(build) {
      build.onResolve({ filter: /^(node:)?[a-z_/0-9]+$/ }, ({ path, kind, namespace }) => {
        const name = path.replace(/^node:/, "");
        if (!builtinModules.includes(name) || namespace === NAMESPACE) return undefined;
        // `require` in a CommonJS package is lazy already.
        if (kind === "require-call") return { path: name, external: true };
        return { path: name, namespace: NAMESPACE };
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
        loader: "js",
      }));
    },
  };
}
