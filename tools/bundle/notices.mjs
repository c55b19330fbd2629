/** The licence texts of all packages in the bundle, by name. */
export function thirdPartyNotices(packages) {
  const parts = packages.map(
    ({ name, version, license, licenseText }) =>
      `${name} ${version} (${license})\n\n${licenseText ?? `Licence: ${license}`}`,
  );
  const line = `\n\n${"-".repeat(80)}\n\n`;
  return `dist/trainlint.mjs contains these packages.${line}${parts.join(line)}\n`;
}
