/**
 * What runs first in the bundle: it loads the chunks that `pack.mjs` has put behind it. Written in syntax that the
 * oldest Node can read, and asking for nothing newer before the entry has checked Node's version.
 */
import { compileKept } from "./code-cache.mjs";

const PARAMETERS = ["exports", "module", "require", "__filename", "__dirname", "__importMetaUrl"];

/**
 * Runs `entry`, the function of the first chunk. `url` is the bundle's; `holder` is the function whose text has the
 * payload in it, as a comment; `digest` names the script with the hot chunks, which is the first `hotLength` characters
 * of the payload; `cold` has the place of every other chunk behind it, `[start, end]`. `uses` has for each command for
 * which compiled code is kept the chunk without which a run has seen too little of the code for that.
 */
export function run(entry, url, holder, { digest, hotLength, cold, uses }) {
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
    const source = payload.slice(0, hotLength);
    // Each command has a file of its own: what the others have called besides would only be read in vain.
    const word = process.argv[2];
    const use = typeof uses[word] === "string" ? word : "lint";
    // A thread that helps, whose URL has a query, leaves the keeping to the program itself.
    const isWorthKeeping = () => loaded.has(uses[use]) && !url.includes("?");
    hot = compileKept(source, `${url}/hot.js`, `${digest}-${use}`, isWorthKeeping).runInThisContext();
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
