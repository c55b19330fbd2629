/** Members of package.json that those who install a release need. */
const KEPT = [
  "name",
  "version",
  "description",
  "keywords",
  "homepage",
  "license",
  "type",
  "bin",
  "man",
  "exports",
  "files",
  "engines",
];

/**
 * The package.json of a release. It has no dependencies, since the bundle holds them, and no scripts: npm takes
 * a git dependency with a script such as `build` or `prepare` for one that is still to be built, and pre-commit's
 * hooks then fail to install.
 */
export function releaseManifest(manifest) {
  const kept = KEPT.filter((key) => manifest[key] !== undefined).map((key) => [key, manifest[key]]);
  return Object.fromEntries(kept);
}
