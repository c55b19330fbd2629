import { describe, expect, test } from "vitest";
import { dockerfileModel } from "../../../../src/core/dockerfile/dockerfile.ts";
import type { BuildContext } from "../../../../src/core/dockerfile/model.ts";
import { plannedFailure } from "../../../../src/core/entrypoint/dockerfile-load.ts";

type Files = { readonly [path: string]: string | { readonly text: string; readonly mode: number | null } };

function contextOf(files: Files): BuildContext {
  return {
    file(path) {
      const file = files[path];
      if (file === undefined) return null;
      return typeof file === "string" ? { text: file, mode: 0o644 } : file;
    },
    list(path) {
      const below = Object.keys(files).filter(
        (file) => path === "" || file === path || file.startsWith(`${path}/`),
      );
      return below.length === 0 ? null : below;
    },
  };
}

/** The problem and the path in the container; `null` for none. */
function judge(lines: readonly string[], files: Files = {}): string | null {
  const text = `FROM python:3.12\n${lines.join("\n")}\n`;
  const failure = plannedFailure(dockerfileModel(text, { path: "Dockerfile", context: contextOf(files) }));
  return failure === null ? null : `${failure.problem.kind} ${failure.file.path}`;
}

const SCRIPT = '#!/bin/bash\nexec python train.py "$@"\n';
const CRLF = SCRIPT.replaceAll("\n", "\r\n");
const EXECUTABLE = { text: SCRIPT, mode: 0o755 };

describe("execute permission", () => {
  test.each<[string, readonly string[], Files]>([
    ["from the context", ["COPY run.sh /", 'ENTRYPOINT ["/run.sh"]'], { "run.sh": EXECUTABLE }],
    ["by COPY", ["COPY --chmod=0755 run.sh /", 'ENTRYPOINT ["/run.sh"]'], { "run.sh": SCRIPT }],
    ["by COPY, symbolic", ["COPY --chmod=a+x run.sh /", 'ENTRYPOINT ["/run.sh"]'], { "run.sh": EXECUTABLE }],
    ["by RUN", ["COPY run.sh /", "RUN chmod +x run.sh", 'ENTRYPOINT ["/run.sh"]'], { "run.sh": SCRIPT }],
    [
      "by RUN, in a folder",
      ["COPY . /app", "RUN chmod +x /app/run.sh", 'ENTRYPOINT ["/app/run.sh"]'],
      { "run.sh": SCRIPT },
    ],
    [
      "by a pattern",
      ["COPY . /app", "RUN chmod 755 /app/*.sh", 'ENTRYPOINT ["/app/run.sh"]'],
      { "run.sh": SCRIPT },
    ],
    [
      "recursively",
      ["COPY . /app", "RUN chmod -R u+x /app", 'ENTRYPOINT ["/app/run.sh"]'],
      { "run.sh": SCRIPT },
    ],
    [
      "by find",
      ["COPY . /app", "RUN find /app -name '*.sh' -exec chmod +x {} \\;", 'ENTRYPOINT ["/app/run.sh"]'],
      { "run.sh": SCRIPT },
    ],
    [
      "by xargs",
      ["COPY . /app", "RUN ls /app/*.sh | xargs chmod +x", 'ENTRYPOINT ["/app/run.sh"]'],
      { "run.sh": SCRIPT },
    ],
    [
      "by a variable",
      ["COPY . /app", "RUN for f in $(ls /app); do chmod +x /app/$f; done", 'ENTRYPOINT ["/app/run.sh"]'],
      { "run.sh": SCRIPT },
    ],
    [
      "by a script that runs",
      ["COPY . /app", "RUN bash /app/setup.sh", 'ENTRYPOINT ["/app/run.sh"]'],
      { "run.sh": SCRIPT },
    ],
    [
      "perhaps",
      ["COPY run.sh /", "RUN test -x /run.sh || chmod +x /run.sh", 'ENTRYPOINT ["/run.sh"]'],
      { "run.sh": SCRIPT },
    ],
    [
      "on a file system without modes",
      ["COPY run.sh /", 'ENTRYPOINT ["/run.sh"]'],
      { "run.sh": { text: SCRIPT, mode: null } },
    ],
    ["from another stage", ["COPY --from=0 /run.sh /run.sh", 'ENTRYPOINT ["/run.sh"]'], { "run.sh": SCRIPT }],
    [
      "not needed by a shell",
      ["COPY run.sh /", 'ENTRYPOINT ["/bin/bash", "-e", "/run.sh"]'],
      { "run.sh": SCRIPT },
    ],
    ["not known without a context", ["COPY run.sh /", 'ENTRYPOINT ["/run.sh"]'], {}],
    ["through a link", ["COPY run.sh /", "RUN ln -s /run.sh /usr/local/bin/train"], { "run.sh": EXECUTABLE }],
    [
      "of a written file",
      ["RUN echo '#!/bin/sh' > /run.sh && chmod a+x /run.sh", 'ENTRYPOINT ["/run.sh"]'],
      {},
    ],
    [
      "of a download",
      ["ADD https://example.com/tool /tool", "RUN chmod +x /tool", 'ENTRYPOINT ["/tool"]'],
      {},
    ],
  ])("%s", (_, lines, files) => {
    expect(judge(lines, files)).toBeNull();
  });

  test.each<[string, readonly string[], Files, string]>([
    ["missing", ["COPY run.sh /", 'ENTRYPOINT ["/run.sh"]'], { "run.sh": SCRIPT }, "/run.sh"],
    [
      "in a folder",
      ["WORKDIR /app", "COPY src .", 'ENTRYPOINT ["./run.sh"]'],
      { "src/run.sh": SCRIPT },
      "/app/run.sh",
    ],
    [
      "by a pattern",
      ["COPY src/*.sh /app/", 'ENTRYPOINT ["/app/run.sh"]'],
      { "src/run.sh": SCRIPT },
      "/app/run.sh",
    ],
    ["on PATH", ["COPY train /usr/local/bin/"], { train: SCRIPT }, "/usr/local/bin/train"],
    [
      "on a PATH of its own",
      ["ENV PATH=/opt/program:$PATH", "COPY src /opt/program"],
      { "src/train": SCRIPT },
      "/opt/program/train",
    ],
    [
      "through a link",
      ["COPY run.sh /", "RUN ln -s /run.sh /usr/local/bin/train"],
      { "run.sh": SCRIPT },
      "/run.sh",
    ],
    [
      "behind an init",
      ["COPY run.sh /", 'ENTRYPOINT ["dumb-init", "--", "/run.sh"]'],
      { "run.sh": SCRIPT },
      "/run.sh",
    ],
    [
      "taken away",
      ["COPY run.sh /", "RUN chmod 644 /run.sh", 'ENTRYPOINT ["/run.sh"]'],
      { "run.sh": EXECUTABLE },
      "/run.sh",
    ],
    [
      "of a here-document",
      ["COPY <<EOF /run.sh", "#!/bin/sh", "EOF", 'ENTRYPOINT ["/run.sh"]'],
      {},
      "/run.sh",
    ],
    ["of a written file", ["RUN echo '#!/bin/sh' > /run.sh", 'ENTRYPOINT ["/run.sh"]'], {}, "/run.sh"],
    ["of a download", ["ADD https://example.com/tool /tool", 'ENTRYPOINT ["/tool"]'], {}, "/tool"],
    [
      "in shell form with exec",
      ["COPY run.sh /", "ENTRYPOINT exec /run.sh"],
      { "run.sh": SCRIPT },
      "/run.sh",
    ],
  ])("%s", (_, lines, files, path) => {
    expect(judge(lines, files)).toBe(`not-executable ${path}`);
  });
});

describe("Windows line endings", () => {
  const files = { "run.sh": { text: CRLF, mode: 0o755 } };
  test.each([
    [["COPY run.sh /", "RUN sed -i 's/\\r$//' /run.sh"]],
    [["COPY run.sh /", "RUN dos2unix /run.sh"]],
    [["COPY . /", "RUN dos2unix /*.sh"]],
    [["COPY . /", "RUN find / -name '*.sh' | xargs dos2unix"]],
    [["COPY . /", "RUN find / -name '*.sh' -exec sed -i 's/\\r//' {} +"]],
    [["COPY run.sh /tmp/", "RUN tr -d '\\r' < /tmp/run.sh > /run.sh && chmod +x /run.sh"]],
    [["COPY run.sh /", "RUN perl -pi -e 's/\\r\\n/\\n/' /run.sh"]],
  ])("converted: %j", (lines) => {
    expect(judge([...lines, 'ENTRYPOINT ["/run.sh"]'], files)).toBeNull();
  });

  test("not converted", () => {
    const lines = ["COPY run.sh /", "RUN sed -i 's/a/b/' /etc/hosts", 'ENTRYPOINT ["/run.sh"]'];
    expect(judge(lines, files)).toBe("carriage-return /run.sh");
    expect(judge(["COPY run.sh /", 'ENTRYPOINT ["sh", "/run.sh"]'], files)).toBe("returns-in-shell /run.sh");
  });
});

describe("interpreters that a base does not have", () => {
  const run = { "run.sh": EXECUTABLE };
  const judgeOn = (from: string, lines: readonly string[]): string | null => {
    const text = [`FROM ${from}`, ...lines, "COPY run.sh /", 'ENTRYPOINT ["/run.sh"]', ""].join("\n");
    const failure = plannedFailure(dockerfileModel(text, { path: "Dockerfile", context: contextOf(run) }));
    if (failure?.problem.kind !== "no-interpreter") return null;
    return failure.problem.certain ? "certain" : "likely";
  };
  test.each([
    ["alpine", [], "certain"],
    ["python:3.12-alpine3.20", ["RUN apk add --no-cache gcc musl-dev"], "likely"],
    ["alpine:3", ["RUN apk add bash"], null],
    ["alpine:3", ["RUN apk add --no-cache $PACKAGES"], null],
    ["alpine:3", ["RUN ln -s /bin/sh /bin/bash"], null],
    ["alpine:3", ["COPY --from=bash:5 /usr/local/bin/bash /bin/bash"], null],
    ["debian:12", [], null],
    ["example.com/alpine:3", [], null],
    ["scratch", [], "certain"],
    ["scratch", ["COPY --from=alpine:3 / /"], null],
    ["scratch", ["ADD rootfs.tar.gz /"], null],
    ["gcr.io/distroless/python3-debian12", [], "certain"],
    ["gcr.io/distroless/python3-debian12:debug", [], null],
  ])("%s %j", (from, lines, expected) => {
    expect(judgeOn(from, lines)).toBe(expected);
  });
});
