import { describe, expect, test } from "vitest";
import type { PlaceEffect } from "../../../../../src/core/dockerfile/model.ts";
import { positionAt } from "../../../../../src/core/text.ts";
import { contextOf, effectsOf, modelOf } from "./effects-in.ts";

type Case = readonly [title: string, dockerfile: string, effects: readonly string[]];

function firstPlace(text: string, context: Parameters<typeof modelOf>[1] = null): PlaceEffect {
  const place = modelOf(text, context).effects.findLast((effect) => effect.kind === "place");
  if (place?.kind !== "place") throw new Error("nothing is placed");
  return place;
}

describe("COPY and ADD without a build context", () => {
  const cases: readonly Case[] = [
    ["a file to a name", "COPY train.py /opt/program/train.py", ["COPY /opt/program/train.py"]],
    ["a file to a folder", "COPY train.py /opt/program/", ["COPY /opt/program/train.py"]],
    ["everything", "COPY . /opt/program", ["COPY /opt/program/**"]],
    ["relative to WORKDIR", "WORKDIR /opt/ml\nCOPY . code", ["COPY /opt/ml/code/**"]],
    ["dot after WORKDIR", "WORKDIR /opt/ml/code\nCOPY train.py .", ["COPY /opt/ml/code/train.py"]],
    ["through ENV", "ENV D=/opt/ml\nCOPY train.py $D/code/", ["COPY /opt/ml/code/train.py"]],
    ["through ARG", "ARG D=/opt/ml\nCOPY train.py ${D}/", ["COPY /opt/ml/train.py"]],
    ["to an unknown place", "FROM some/image\nCOPY train.py $D/", []],
    ["a name that may be a folder", "COPY program /opt/program", ["COPY /opt/program or below"]],
    ["a folder's contents go into the folder", "COPY program /opt/x/", ["COPY /opt/x/**"]],
    [
      "a program to a folder of programs",
      "COPY train /usr/local/bin/",
      ["COPY /usr/local/bin/train or below"],
    ],
    ["a folder that is there needs no slash", "COPY a.sh /usr/local/bin", ["COPY /usr/local/bin/a.sh"]],
    ["a folder that WORKDIR made", "WORKDIR /w\nCOPY a.sh /w", ["COPY /w/a.sh"]],
    ["several sources", "COPY a.py b.py /x", ["COPY /x/a.py", "COPY /x/b.py"]],
    ["a pattern", "COPY *.py /x/", ["COPY /x/**"]],
    ["JSON form", 'COPY ["a b.py", "/x y/"]', ["COPY /x y/a b.py"]],
    ["quotes", 'COPY "a b.py" "/x y/"', ["COPY /x y/a b.py"]],
    ["a folder with a dot in front", "COPY .venv /opt/venv/", ["COPY /opt/venv/**"]],
    ["--parents", "COPY --parents a/b/c.py /x/", ["COPY /x/a/b/c.py"]],
    ["ADD of an address", "ADD https://x.org/v1/tini?y=1 /usr/bin/tini", ["ADD /usr/bin/tini"]],
    ["ADD of an address to a folder", "ADD https://x.org/v1/tini-static /x/", ["ADD /x/tini-static"]],
    ["ADD of an archive at an address does not unpack", "ADD https://x.org/a.tgz /x/", ["ADD /x/a.tgz"]],
    ["ADD of a local archive unpacks", "ADD rootfs.tar.gz /x/", ["ADD /x/**"]],
    ["COPY of an archive does not", "COPY rootfs.tar.gz /x/", ["COPY /x/rootfs.tar.gz"]],
    ["ADD of a repository", "ADD https://github.com/a/b.git#v1 /x", ["ADD /x/**"]],
    ["ADD of a repository through ssh", "ADD git@github.com:a/b.git /x", ["ADD /x/**"]],
    [
      "ONBUILD in a parent",
      "FROM scratch AS a\nONBUILD COPY . /opt/ml/code\nFROM a",
      ["COPY /opt/ml/code/**"],
    ],
  ];
  test.each(cases)("%s", (_, dockerfile, effects) => {
    expect(effectsOf(dockerfile)).toEqual(effects);
  });
});

describe("COPY from a build context", () => {
  const context = contextOf({ "docker/train 755": "#!/bin/sh\nexec a\n", "src/a.py": "", "src/b.py": "" });
  const cases: readonly Case[] = [
    ["a file without extension", "COPY docker/train /opt/program/", ["COPY /opt/program/train"]],
    ["a folder", "COPY src /opt/program/", ["COPY /opt/program/**"]],
    ["a folder without a slash", "COPY ./src /opt/program", ["COPY /opt/program/**"]],
  ];
  test.each(cases)("%s", (_, dockerfile, effects) => {
    expect(effectsOf(dockerfile, context)).toEqual(effects);
  });

  test("carries text and mode", () => {
    const place = firstPlace("COPY docker/train /x", context);
    expect(place.content?.text).toBe("#!/bin/sh\nexec a\n");
    expect(place.mode).toBe(0o755);
    expect(firstPlace("COPY --chmod=600 docker/train /x", context).mode).toBe(0o600);
  });
});

describe("here-documents", () => {
  test("give name and text", () => {
    const place = firstPlace("COPY <<'EOF' <<B /x/\n#!/bin/sh\nexec $1\nEOF\ntwo\nB\n");
    expect(place.path).toBe("/x/B");
    expect(place.content?.text).toBe("two\n");
    expect(firstPlace("COPY <<'EOF' /x/run\nexec $1\nEOF\n").content?.text).toBe("exec $1\n");
  });

  test("are told as the builder expands them: quotes stay, backslashes go", () => {
    const text = 'ENV A=one B="x y"\nCOPY <<EOF /f\n$A "$B" \'${A}\' \\$A \\\\ $none"$@"\nEOF\n';
    const place = firstPlace(text);
    expect(place.content?.text).toBe('one "x y" \'one\' $A \\ ""\n');
    const at = place.content?.text.indexOf('"x') ?? 0;
    expect(place.content && positionAt(place.content, at)).toEqual({ line: 4, column: 4 });
  });

  test("are not told where a variable is not known", () => {
    expect(firstPlace("FROM some/image\nCOPY <<EOF /f\n$A\nEOF\n").content).toBeNull();
    expect(firstPlace("FROM some/image\nCOPY <<'EOF' /f\n$A\nEOF\n").content?.text).toBe("$A\n");
  });
});

describe("COPY from a stage", () => {
  test("carries over what is known there", () => {
    const text = `FROM scratch AS tools
ADD https://github.com/krallin/tini/releases/download/v0.19.0/tini /init
COPY --chmod=755 <<'EOF' /run.sh
exec a
EOF
FROM scratch
COPY --from=tools /init /sbin/start
COPY --from=0 /run.sh /opt/
`;
    const places = modelOf(text).effects.filter((effect) => effect.kind === "place");
    expect(places.map((place) => [place.path, place.extent, place.from])).toEqual([
      ["/sbin/start", "file", { stage: 0 }],
      ["/opt/run.sh", "file", { stage: 0 }],
    ]);
    expect(places[0]?.sources).toEqual([
      "/init",
      "https://github.com/krallin/tini/releases/download/v0.19.0/tini",
    ]);
    expect(places[1]).toMatchObject({ mode: 0o755, content: { text: "exec a\n" } });
  });

  test("of a folder that the stage made", () => {
    const text = "FROM scratch AS a\nRUN git clone u /src\nFROM scratch\nCOPY --from=a /src /opt/ml/";
    expect(effectsOf(text)).toEqual(["COPY /opt/ml/**"]);
  });

  test("of another image", () => {
    expect(firstPlace("COPY --from=busybox:1 /bin/busybox /bin/").from).toEqual({ image: "busybox:1" });
  });
});
