/**
 * Keeps what V8 has compiled, so that the next start need not: a file in the user's own cache folder. Nothing here may
 * ever fail a run, and no file is read that somebody else could have written, for V8 believes what it is given.
 */

/** Of other versions of trainlint and Node; older ones are removed. */
const FILES_KEPT = 8;

/**
 * The compiled script. `name` tells its text and what is done with it. Where no code of it was kept, or V8 has no use
 * for that, the code of all functions that have been called is kept when the process ends well, if `isWorthKeeping`
 * answers true then.
 */
export function compileKept(source, filename, name, isWorthKeeping) {
  const { Script } = process.getBuiltinModule("vm");
  const file = fileFor(name);
  const cachedData = file === null ? undefined : keptCode(file);
  const script = new Script(source, { filename, cachedData });
  if (file !== null && (cachedData === undefined || script.cachedDataRejected)) {
    process.on("exit", (exitCode) => {
      if (exitCode <= 1 && isWorthKeeping()) keep(file, () => script.createCachedData());
    });
  }
  return script;
}

/** Where the code of this name for this Node is kept; `null` where nothing shall be. */
function fileFor(name) {
  const { env, platform, version, arch } = process;
  if (env.TRAINLINT_NO_CACHE) return null;
  const { isAbsolute, join } = process.getBuiltinModule("path");
  const caches =
    platform === "win32" ? env.LOCALAPPDATA : env.XDG_CACHE_HOME || join(env.HOME || "", ".cache");
  if (!caches || !isAbsolute(caches)) return null;
  return join(caches, "trainlint", `${name}-${version}-${arch}`);
}

function keptCode(file) {
  const fs = process.getBuiltinModule("fs");
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  try {
    if (!isPrivate(fs.statSync(folderOf(file)))) return undefined;
    const descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = fs.fstatSync(descriptor);
      if (!stats.isFile() || !isPrivate(stats)) return undefined;
      return whole(fs.readFileSync(descriptor));
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

function keep(file, makeCode) {
  try {
    const folder = folderOf(file);
    makeFolder(folder);
    if (!isPrivate(process.getBuiltinModule("fs").statSync(folder))) return;
    writeWhole(file, makeCode);
    removeOldest(folder);
  } catch {
    // No room or no right to write: the next start compiles again.
  }
}

/**
 * The code is there twice, and both must be the same. A checksum would do with half the space, but loading what
 * computes one takes Node longer than all the rest.
 */
function whole(content) {
  const half = content.length / 2;
  const code = content.subarray(0, half);
  return code.equals(content.subarray(half)) ? code : undefined;
}

/** Several processes may do this at once: each writes a file of its own, and a rename is all or nothing. */
function writeWhole(file, makeCode) {
  const fs = process.getBuiltinModule("fs");
  const unfinished = `${file}.${process.pid}${Math.random().toString(36).slice(1)}`;
  const descriptor = fs.openSync(unfinished, "wx", 0o600);
  try {
    try {
      const code = makeCode();
      fs.writeFileSync(descriptor, code);
      fs.writeFileSync(descriptor, code);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(unfinished, file);
  } catch (error) {
    fs.unlinkSync(unfinished);
    throw error;
  }
}

/** With `sudo` the home may be somebody else's, who could not use a folder of root's in it. */
function makeFolder(folder) {
  const fs = process.getBuiltinModule("fs");
  const caches = folderOf(folder);
  const missing = [caches, folder].filter((path) => !fs.existsSync(path));
  if (missing.length === 0 || !isOurs(fs.statSync(folderOf(missing[0])))) return;
  // Not `recursive`, with which Node tries for ever where nothing can be made, such as in /proc.
  for (const path of missing) fs.mkdirSync(path, 0o700);
}

function removeOldest(folder) {
  const fs = process.getBuiltinModule("fs");
  const { join } = process.getBuiltinModule("path");
  const byAge = fs
    .readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => ({ path, time: fs.statSync(path).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { path } of byAge.slice(FILES_KEPT)) fs.rmSync(path, { force: true });
}

function isPrivate(stats) {
  return isOurs(stats) && (process.getuid === undefined || (stats.mode & 0o022) === 0);
}

/** Windows knows no such numbers; there the folder is the user's. */
function isOurs({ uid }) {
  return process.getuid === undefined || uid === process.getuid();
}

function folderOf(path) {
  return process.getBuiltinModule("path").dirname(path);
}
