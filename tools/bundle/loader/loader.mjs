/**
 * What runs first in the bundle: it loads the chunks that `pack.mjs` has put behind it. Written in syntax that the
 * oldest Node can read, and asking for nothing newer before the entry has checked Node's version.
 */
import { compileKept } from "./code-cache.mjs";

const PARAMETERS = ["exports", "module", "require", "__filename", "__dirname", "__importMetaUrl"];

/** Before the payload, at the start of the file's last line; here it does not stand at the start of a line. */
const MARK = "\n//payload:";

/** What stands for a line feed in the payload, which is one line. */
const LINE_FEED = 0x1e;

/**
 * Runs `entry`, the function of the first chunk. `url` is the bundle's; `digest` names its payload; `hotLength` is the
 * length of the script with the hot chunks; `cold` has the place of every other chunk behind it, `[start, end]`;
 * `worthKeeping` is the chunk without which a run has seen too little of the code for keeping what it has compiled.
 */
export function run(entry, url, { digest, hotLength, cold, worthKeeping }) {
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

  /** The file is read once: a later version may take its place while a long run goes on. */
  function open() {
    filename = process.getBuiltinModule("url").fileURLToPath(url);
    dirname = process.getBuiltinModule("path").dirname(filename);
    const file = process.getBuiltinModule("fs").readFileSync(filename);
    payload = file.subarray(file.indexOf(MARK) + MARK.length);
    setUpV8();
    // All hot chunks are one script, whose compiled code is read from one file, at once.
    const source = linesOf(payload.subarray(0, hotLength)).latin1Slice();
    const seenEnough = () => loaded.has(worthKeeping);
    hot = compileKept(source, `${url}/hot.js`, digest, seenEnough).runInThisContext();
  }

  function coldChunk(name) {
    if (!(name in cold)) return undefined;
    const deflated = Buffer.from(payload.subarray(...cold[name]).latin1Slice(), "base64");
    const source = process.getBuiltinModule("zlib").inflateSync(deflated).toString();
    const { compileFunction } = process.getBuiltinModule("vm");
    return compileFunction(source, PARAMETERS, { filename: `${url}/${name}` });
  }

  /** For the native modules that packages try to load, and do without. */
  function nodeRequire() {
    return process.getBuiltinModule("module").createRequire(url);
  }

  entry({}, { exports: {} }, load);
}

/** Turns the characters that stand for line feeds into such, in place. */
function linesOf(code) {
  for (let at = code.indexOf(LINE_FEED); at !== -1; at = code.indexOf(LINE_FEED, at + 1)) code[at] = 10;
  return code;
}

/**
 * Sets what V8 11 takes by default for programs that run for hours. A function is optimized when it has run for eight
 * times as long: in a run of a few seconds, optimizing most of a large program takes more processor time than it saves.
 * Young garbage is collected by one thread: there is so little of it that several spend more time on waiting for each
 * other. V8 reads both flags as it goes. They are set before any code is looked up that was compiled earlier, which only
 * fits the same flags. Versions behind Node 20 know other flags, and have a cheaper optimizer in between.
 */
function setUpV8() {
  if (!process.versions.v8.startsWith("11.")) return;
  const { setFlagsFromString } = process.getBuiltinModule("v8");
  setFlagsFromString("--interrupt-budget=540672");
  setFlagsFromString("--no-parallel-scavenge");
}
