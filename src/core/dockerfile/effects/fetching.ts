import type { Effect, ShellWord } from "../model.ts";
import type { CommandFiles, OptionSpec } from "./command-line.ts";
import { lastPart } from "./command-line.ts";

const WGET: OptionSpec = {
  short: "OPoaeitTwQUDABIRXlS",
  long: [
    "--output-document",
    "--directory-prefix",
    "--output-file",
    "--tries",
    "--timeout",
    "--user-agent",
    "--header",
    "--user",
    "--password",
    "--input-file",
    "--post-data",
    "--ca-certificate",
    "--accept",
    "--reject",
    "--referer",
    "--waitretry",
    "--limit-rate",
  ],
};
const CURL: OptionSpec = {
  short: "AbcCdDeEFhHKmoPQrTtuUwxXyYz",
  long: [
    "--output",
    "--output-dir",
    "--header",
    "--user-agent",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "--connect-timeout",
    "--max-time",
    "--user",
    "--data",
    "--data-raw",
    "--data-binary",
    "--request",
    "--proxy",
    "--cacert",
    "--cert",
    "--key",
    "--url",
    "--form",
    "--referer",
    "--cookie",
    "--cookie-jar",
    "--range",
    "--limit-rate",
    "--write-out",
    "--resolve",
    "--proto",
    "--proto-redir",
    "--ciphers",
    "--tls-max",
    "--interface",
    "--dump-header",
    "--max-redirs",
  ],
};

/** `wget`: `-O` names the file, `-P` the folder; otherwise the address names it. */
export function wgotten(files: CommandFiles): Effect[] {
  const line = files.line(WGET);
  const output = line.value("-O", "--output-document");
  const sources = line.operands.map((word) => word.value ?? word.raw);
  if (output !== null) return output.value === "-" ? [] : files.place(output, "file", { sources });
  const folder = line.value("-P", "--directory-prefix");
  if (line.has("-r", "--recursive", "-m", "--mirror", "-i", "--input-file", "--content-disposition")) {
    const word = folder ?? line.operands[0];
    if (word === undefined) return [];
    return folder === null
      ? files.placeHere(word, "below", { sources })
      : files.place(folder, "below", { sources });
  }
  if (line.has("--spider", "--version", "--help")) return [];
  return line.operands.flatMap((url) => named(files, url, folder));
}

/** `curl`: one `-o` or `-O` for each address, in order. */
export function curled(files: CommandFiles): Effect[] {
  const line = files.line(CURL);
  const folder = line.value("--output-dir");
  const urls = [...line.operands, ...line.values("--url")];
  const outputs = line.values("-o", "--output");
  const effects = outputs.flatMap((output, index): Effect[] => {
    if (output.value === "-" || output.value === null) return [];
    const url = urls[index] ?? urls[0];
    const sources = url === undefined ? [] : [url.value ?? url.raw];
    if (folder !== null && !output.value.startsWith("/")) {
      return files.place(folder, "file", { child: output.value, sources });
    }
    return files.place(output, "file", { sources });
  });
  if (!line.has("-O", "--remote-name", "--remote-name-all")) return effects;
  return [...effects, ...urls.slice(outputs.length).flatMap((url) => named(files, url, folder))];
}

/** A download that takes its name from the address. */
function named(files: CommandFiles, url: ShellWord, folder: ShellWord | null): Effect[] {
  const name = lastPart(url);
  const child =
    name === "" || /^[\w.-]+$/.test(url.value?.replace(/^\w+:\/\//, "") ?? "") ? "index.html" : name;
  const more = { child, sources: [url.value ?? url.raw] };
  if (folder !== null)
    return files.place(folder, "file", more).map((effect) => ({ ...effect, range: url.range }));
  return files.placeHere(url, "file", more);
}

/** `git clone`, `gh repo clone`, `hg clone`, `svn checkout`: the last operand, or the repository's name. */
export function cloned(files: CommandFiles): Effect[] {
  const line = files.line({
    short: files.name === "git" ? "bocCj" : "rub",
    long: [
      "--branch",
      "--depth",
      "--origin",
      "--config",
      "--reference",
      "--jobs",
      "--template",
      "--separate-git-dir",
      "--shallow-since",
      "--shallow-exclude",
      "--upload-pack",
      "--git-dir",
      "--work-tree",
      "--revision",
      "--username",
      "--password",
    ],
  });
  const verb = line.operands.findIndex((word) => /^(?:clone|checkout|co|export)$/.test(word.value ?? ""));
  const verbText = line.operands[verb]?.value ?? "";
  const expected =
    files.name === "git" ? verb === 0 && verbText === "clone" : files.name === "gh" ? verb === 1 : verb === 0;
  const [url, folder] = line.operands.slice(verb + 1);
  if (!expected || url === undefined) return [];
  const sources = [url.value ?? url.raw];
  const start = files.name === "git" ? line.value("-C") : null;
  if (folder !== undefined) {
    if (start === null || folder.value?.startsWith("/") === true)
      return files.place(folder, "below", { sources });
    return folder.value === null ? [] : files.place(start, "below", { child: folder.value, sources });
  }
  const child = repositoryName(url);
  if (child === "") return [];
  const more = { child, sources };
  return start === null ? files.placeHere(url, "below", more) : files.place(start, "below", more);
}

function repositoryName(url: ShellWord): string {
  const name = lastPart({ ...url, value: url.value?.replace(/\/\.git\/?$/, "") ?? null });
  return name.slice(name.lastIndexOf(":") + 1).replace(/\.git$/, "");
}

/** `aws s3 cp` and `sync`, `gsutil cp`: downloads from a bucket. */
export function fromBucket(files: CommandFiles): Effect[] {
  const line = files.line({
    long: ["--region", "--profile", "--endpoint-url", "--exclude", "--include", "--acl", "--storage-class"],
  });
  const verbs = files.name === "aws" ? line.operands.slice(0, 2) : line.operands.slice(0, 1);
  const verb = verbs.at(-1)?.value ?? "";
  if (files.name === "aws" && verbs[0]?.value !== "s3") return [];
  if (!/^(?:cp|sync|mv|rsync)$/.test(verb)) return [];
  const [from, to] = line.operands.slice(verbs.length);
  if (from === undefined || to === undefined || /^(?:s3|gs):/.test(to.value ?? "s3:") || to.value === "-")
    return [];
  const sources = [from.value ?? from.raw];
  const whole = /sync/.test(verb) || line.has("--recursive", "-r", "-R");
  if (whole) return files.place(to, "below", { sources });
  const path = files.path(to);
  const into =
    to.value?.endsWith("/") === true || to.value === "." || (path !== null && files.folders.has(path));
  return files.place(to, "file", into ? { sources, child: lastPart(from) } : { sources });
}

/** `huggingface-cli download` and the like: `--local-dir`, `-O`, `-p`, `-d`. */
export function fromHub(files: CommandFiles): Effect[] {
  const spec: OptionSpec = {
    short: "Opdo",
    long: [
      "--local-dir",
      "--cache-dir",
      "--output",
      "--path",
      "--dir",
      "--out",
      "--revision",
      "--include",
      "--exclude",
    ],
  };
  const line = files.line(spec);
  switch (files.name) {
    case "huggingface-cli":
    case "hf":
      return files.place(line.value("--local-dir", "--cache-dir"), "below");
    case "gdown": {
      const output = line.value("-O", "--output");
      return files.place(
        output,
        output?.value?.endsWith("/") === true || line.has("--folder") ? "below" : "file",
      );
    }
    case "kaggle":
      return files.place(line.value("-p", "--path"), "below");
    case "aria2c": {
      const output = line.value("-o", "--out");
      const folder = line.value("-d", "--dir");
      if (output === null) return files.place(folder, "below");
      if (folder === null || output.value === null) return files.place(output, "file");
      return files.place(folder, "file", { child: output.value });
    }
    default:
      return [];
  }
}
