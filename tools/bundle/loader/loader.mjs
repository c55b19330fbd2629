/**
 * What runs first in the bundle: it loads the chunks that `pack.mjs` has put behind it. Written in syntax that the
 * oldest Node can read, and asking for nothing newer before the entry has checked Node's version.
 */
import { compileKept } from "./code-cache.mjs";

const PARAMETERS = ["exports", "module", "require", "__filename", "__dirname", "__importMetaUrl"];

/** Before the payload, at the start of the file's last line; here it does not stand at the start of a line. */
const MARK = "\n//payload:";

/**
 * Runs `entry`, the function of the first chunk. `url` is the bundle's; `digest` names its payload; `hotLength` is the
 * length of the script with the hot chunks; `cold` has the place of every other chunk behind it, `[start, end]`;
 * `worthKeeping` is the chunk without which a run has seen too little of the code for keeping what it has compiled.
 */
export function run(entry, url, { digest, hotLength, cold, worthKeeping }) {
  const loaded = new Map();
  let payload, hot;

  function load(name) {
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    const code = hotChunk(name) || coldChunk(name);
    if (code === undefined) return process.getBuiltinModule(name) || nodeRequire()(name);
    const module = { exports: {} };
    // Before it runs: two chunks may need each other.
    loaded.set(name, module);
    const filename = bundlePath();
    const { dirname } = process.getBuiltinModule("path");
    code(module.exports, module, load, filename, dirname(filename), url);
    return module.exports;
  }

  /** All hot chunks are one script: its compiled code is read from one file, at once. */
  function hotChunk(name) {
    if (hot === undefined) {
      const source = bytes(0, hotLength).latin1Slice().replaceAll("\x1e", "\n");
      const seenEnough = () => loaded.has(worthKeeping);
      hot = compileKept(source, `${url}/hot.js`, digest, seenEnough).runInThisContext();
    }
    return hot[name];
  }

  function coldChunk(name) {
    if (!(name in cold)) return undefined;
    const deflated = Buffer.from(bytes(...cold[name]).latin1Slice(), "base64");
    const source = process.getBuiltinModule("zlib").inflateSync(deflated).toString();
    const { compileFunction } = process.getBuiltinModule("vm");
    return compileFunction(source, PARAMETERS, { filename: `${url}/${name}` });
  }

  /** A part of the payload. The file is read once: a later version may take its place while a long run goes on. */
  function bytes(start, end) {
    if (payload === undefined) {
      const file = process.getBuiltinModule("fs").readFileSync(bundlePath());
      payload = file.subarray(file.indexOf(MARK) + MARK.length);
    }
    return payload.subarray(start, end);
  }

  function bundlePath() {
    return process.getBuiltinModule("url").fileURLToPath(url);
  }

  /** For the native modules that packages try to load, and do without. */
  function nodeRequire() {
    return process.getBuiltinModule("module").createRequire(url);
  }

  entry({}, { exports: {} }, load);
}
