/** Packages whose default export is one function that few runs call. */
const PACKAGES = /^(string-width|ignore)$/;

/** esbuild plugin: such a package is evaluated at its first call. string-width compiles Unicode's emoji tables. */
export function lazyFunctions() {
  return {
    name: "lazy-functions",
    setup(build) {
      build.onResolve({ filter: PACKAGES }, ({ path, resolveDir, pluginData }) =>
        pluginData === "real" ? undefined : { path, namespace: "lazy-function", pluginData: { resolveDir } },
      );
      build.onResolve({ filter: /^real:/, namespace: "lazy-function" }, ({ path, resolveDir }) =>
        build.resolve(path.slice("real:".length), { resolveDir, kind: "require-call", pluginData: "real" }),
      );
      build.onLoad({ filter: /.*/, namespace: "lazy-function" }, ({ path, pluginData }) => ({
        contents: `let real;
export default function (...args) {
  real ??= require(${JSON.stringify(`real:${path}`)}).default;
  return real(...args);
}`,
        loader: "js",
        resolveDir: pluginData.resolveDir,
      }));
    },
  };
}
