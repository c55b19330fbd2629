/**
 * esbuild plugin: parts of packages that trainlint never uses are left out, since a megabyte of them would have
 * to be read at every start. Whoever uses one after all gets an error that says so.
 *
 * dockerode: building images with BuildKit (sessions over gRPC, progress as protobuf).
 */
const LEFT_OUT = /[\\/]dockerode[\\/]lib[\\/](session|buildkit)\.js$/;

export function leftOut() {
  return {
    name: "left-out",
    setup(build) {
      build.onLoad({ filter: LEFT_OUT }, ({ path }) => {
        const name = path.split(/[\\/]/).slice(-3).join("/");
        return {
          contents: `module.exports = new Proxy(function () {}, {
  get() { throw new Error(${JSON.stringify(`${name} is not part of the bundle`)}); },
  apply() { throw new Error(${JSON.stringify(`${name} is not part of the bundle`)}); },
});`,
          loader: "js",
        };
      });
    },
  };
}
