/**
 * What runs first in the bundle: it loads the chunks that `pack.mjs` has put behind it. Written in syntax that the
 * oldest Node can read, and asking for nothing newer before the entry has checked Node's version.
 */
import { compileKept } from "./code-cache.mjs";

const PARAMETERS = ["exports", "module", "require", "__filename", "__dirname", "__importMetaUrl"];

/** What stands for a line feed in the payload, which is one line. */
const LINE_FEED = "\x1e";

/**
 * Runs `entry`, the function of the first chunk. `url` is the bundle's; `holder` is the function whose text has the
 * payload in it, as a comment; `digest` names the payload; `hotLength` is the length of the script with the hot chunks;
 * `cold` has the place of every other chunk behind it, `[start, end]`; `worthKeeping` is the chunk without which a run
 * has seen too little of the code for keeping what it has compiled.
 */
export function run(entry, url, holder, { digest, hotLength, cold, worthKeeping }) {
  const loaded = new Map();
  let filename, dirname, payload, hot;

  function load(name) {
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    if (payload === undefined) open();
    const code = hot[name] || coldChunk(name);
    if (code === undefined) return process.getBuiltinModule(name) || nodeRequire()(name);
    const module = { exports: {} };
    // Before it runs: two chunks may need each other.
    loaded.set(name, module);
    code(module.exports, module, load, filename, dirname, url);
    return module.exports;
  }

  function open() {
    filename = process.getBuiltinModule("url").fileURLToPath(url);
    dirname = process.getBuiltinModule("path").dirname(filename);
    // V8 has the file's text already, which costs less than reading it again.
    const text = String(holder);
    payload = text.slice(text.indexOf("//") + 2);
    // All hot chunks are one script, whose compiled code is read from one file, at once.
    const source = payload.slice(0, hotLength).replaceAll(LINE_FEED, "\n");
    // A thread that helps, whose URL has a query, leaves the keeping to the program itself.
    const isWorthKeeping = () => loaded.has(worthKeeping) && !url.includes("?");
    hot = compileKept(source, `${url}/hot.js`, digest, isWorthKeeping).runInThisContext();
  }

  function coldChunk(name) {
    if (!(name in cold)) return undefined;
    const deflated = Buffer.from(payload.slice(...cold[name]), "base64");
    const source = process.getBuiltinModule("zlib").inflateSync(deflated).toString();
    const { compileFunction } = process.getBuiltinModule("vm");
    return compileFunction(source, PARAMETERS, { filename: `${url}/${name}` });
  }

  /** For the native modules that packages try to load, and do without. */
  function nodeRequire() {
    return process.getBuiltinModule("module").createRequire(url);
  }

  entry({}, { exports: {} }, load, url);
}
