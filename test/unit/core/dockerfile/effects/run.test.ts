import { describe, expect, test } from "vitest";
import { contextOf, effectsOf, modelOf, survivorsOf } from "./effects-in.ts";

type Case = readonly [title: string, dockerfile: string, effects: readonly string[]];

describe("what a RUN places", () => {
  const cases: readonly Case[] = [
    ["git clone", "RUN git clone --depth 1 -b v1 https://github.com/a/b.git", ["git /b/**"]],
    [
      "git clone to a folder",
      "WORKDIR /opt/ml\nRUN git clone https://github.com/a/b code",
      ["git /opt/ml/code/**"],
    ],
    [
      "git clone here",
      "WORKDIR /opt/ml/code\nRUN git clone https://github.com/a/b .",
      ["git /opt/ml/code/**"],
    ],
    ["git -C", "RUN git -C /opt/ml clone git@github.com:a/b.git", ["git /opt/ml/b/**"]],
    ["cd and git clone", "RUN cd /opt/ml && git clone https://github.com/a/b", ["git /opt/ml/b/**"]],
    ["git pull", "RUN git pull && git config --global a b", []],
    ["svn export", "RUN svn export https://x.org/trunk /opt/ml/x", ["svn /opt/ml/x/**"]],
    ["wget", "WORKDIR /w\nRUN wget -q https://x.org/a.bin?dl=1", ["wget /w/a.bin"]],
    ["wget -O", "RUN wget -qO /x/b https://x.org/a", ["wget /x/b"]],
    ["wget to standard output", "RUN wget -qO- https://x.org/a | tar xz -C /x", ["tar /x/**"]],
    ["wget -P", "RUN wget -P /x -nv https://x.org/a https://x.org/b", ["wget /x/a", "wget /x/b"]],
    ["wget of an address with a variable", "ENV V=1\nRUN wget https://x.org/v$V/a-$V.sh", ["wget /a-1.sh"]],
    [
      "wget of an unknown address",
      "FROM some/image\nRUN cd /x && wget https://x.org/a-${V}.sh",
      ["wget /x/a-${V}.sh"],
    ],
    ["curl prints", "RUN curl -fsSL https://x.org/a", []],
    ["curl -o", "RUN curl -fsSLo /x/a https://x.org/b", ["curl /x/a"]],
    ["curl -O", "RUN cd /x && curl -fSL -O https://x.org/b", ["curl /x/b"]],
    ["curl --output-dir", "RUN curl -O --output-dir /x https://x.org/b", ["curl /x/b"]],
    ["curl with a redirection", "RUN curl -H 'A: b' https://x.org/b > /x/c", ["curl /x/c"]],
    ["cp to a name", "RUN cp a.py /x/b.py", ["cp /x/b.py"]],
    ["cp to a folder", "RUN cp a.py b.py /x", ["cp /x/a.py", "cp /x/b.py"]],
    ["cp to a folder that was made", "RUN mkdir -p /x && cp a.py /x", ["folder /x", "cp /x/a.py"]],
    ["cp of a program", "RUN cp train /usr/local/bin", ["cp /usr/local/bin/train or below"]],
    ["cp -r", "RUN cp -r src /opt/ml/code", ["cp /opt/ml/code or below"]],
    ["cp of a folder's contents", "RUN cp -a src/. /x/ && cp -a src/* /y/", ["cp /x/**", "cp /y/**"]],
    ["cp -t", "RUN cp -t /x a.py", ["cp /x/a.py"]],
    ["mv", "RUN mv /a/b.py /x/c.py", ["mv /x/c.py", "remove /a/b.py"]],
    ["install", "RUN install -m 755 a.sh /usr/local/bin/train", ["install /usr/local/bin/train"]],
    ["install -d", "RUN install -d -m 755 /x /y", ["folder /x", "folder /y"]],
    ["rsync", "RUN rsync -a --exclude .git src/ /x/", ["rsync /x/**"]],
    ["tar", "RUN tar -xzf a.tgz -C /x --strip-components=1", ["tar /x/**"]],
    ["tar without a dash", "RUN tar xzfC a.tgz /x", ["tar /x/**"]],
    ["tar here", "RUN cd /x; tar xf a.tar", ["tar /x/**"]],
    ["tar with a member", "RUN tar xf a.tar -C /x tini", ["tar /x/tini or below"]],
    ["tar c", "RUN tar czf /x/a.tgz src", ["tar /x/a.tgz"]],
    ["tar t", "RUN tar tzf a.tgz", []],
    ["unzip", "RUN unzip -q a.zip -d /x", ["unzip /x/**"]],
    ["unzip here", "WORKDIR /x\nRUN unzip a.zip", ["unzip /x/**"]],
    ["ln -s", "RUN ln -s /opt/a.py /usr/local/bin/train", ["/usr/local/bin/train -> /opt/a.py"]],
    ["ln -sf to a folder", "RUN ln -sf /opt/x/tini /usr/local/bin/", ["/usr/local/bin/tini -> /opt/x/tini"]],
    ["ln -s, relative", "RUN cd /usr/bin && ln -s python3 python", ["/usr/bin/python -> /usr/bin/python3"]],
    ["alternatives", "RUN update-alternatives --install /usr/bin/a a /opt/b 1", ["/usr/bin/a -> /opt/b"]],
    [
      "mkdir alone",
      "RUN mkdir -p -m 755 /opt/ml/{input,model}",
      ["folder /opt/ml/input", "folder /opt/ml/model"],
    ],
    ["touch", "RUN touch /x/a", ["touch /x/a"]],
    ["echo to a file", "RUN echo a > /x/a && echo b >> /x/b", ["echo /x/a", "echo /x/b"]],
    ["nothing in /dev", "RUN a > /dev/null 2>&1", []],
    ["a redirected group", "RUN { echo a; echo b; } > /x/a", ["a redirection /x/a"]],
    ["tee", "RUN echo a | tee /x/a", ["tee /x/a"]],
    ["dd", "RUN dd if=/dev/zero of=/opt/ml/a bs=1M", ["dd /opt/ml/a"]],
    ["pip --target", "RUN pip install -t /x a", ["pip a", "pip /x/**"]],
    ["pip download", "RUN pip download -d /x a", ["pip /x/**"]],
    ["a virtual environment", "RUN python3 -m venv /x --system-site-packages", ["python3 /x/**"]],
    ["conda -p", "RUN conda create -y -p /x python", ["conda python", "conda /x/**"]],
    ["aws s3 cp", "RUN aws s3 cp s3://b/a.bin /x/", ["aws /x/a.bin"]],
    ["aws s3 sync", "RUN aws s3 sync s3://b/a /opt/ml/model", ["aws /opt/ml/model/**"]],
    ["aws s3 upload", "RUN aws s3 cp /x s3://b/a", []],
    [
      "a model hub",
      "RUN huggingface-cli download a/b --local-dir /opt/ml/x",
      ["huggingface-cli /opt/ml/x/**"],
    ],
    ["gcc", "RUN gcc -O2 a.c -o /usr/local/bin/train", ["gcc /usr/local/bin/train"]],
    ["a loop", "RUN for f in a b; do touch /x/$f; done", ["touch /x/a", "touch /x/b"]],
    ["a branch", "RUN if [ -f a ]; then touch /x; fi", ["touch /x (c)"]],
    ["an unknown destination", "RUN cp a $(b)/c", []],
    ["names like those of Object", "RUN toString && constructor > /x", ["constructor /x"]],
    [
      "chmod",
      "RUN chmod 755 /a && chmod -R u+x,g-w /b && chmod -x /c",
      ["mode 755 /a", "mode set /b/**", "mode cleared /c"],
    ],
    ["chmod with a pattern", "RUN chmod +x /opt/*.sh", ["mode set /opt/**"]],
    ["rm", "RUN rm -rf /a /b/* && rmdir /c", ["remove /a", "remove /b/**", "remove /c"]],
    ["find -delete", "RUN find /a -mindepth 1 -delete", ["remove /a/**"]],
    ["find of some", "RUN find /a -name '*.pyc' -delete && find /a -exec rm {} +", []],
    ["exec form", 'RUN ["cp", "a.py", "/x/"]', ["cp /x/a.py"]],
    ["sudo", "RUN sudo cp a.py /x/", ["cp /x/a.py"]],
  ];
  test.each(cases)("%s", (_, dockerfile, effects) => {
    expect(effectsOf(dockerfile)).toEqual(effects);
  });
});

describe("mounts", () => {
  const cases: readonly Case[] = [
    [
      "a cache",
      "RUN --mount=type=cache,target=/opt/ml/cache touch /opt/ml/cache/a /opt/ml/b",
      ["touch /opt/ml/b"],
    ],
    ["relative to WORKDIR", "WORKDIR /w\nRUN --mount=type=bind,dst=x touch x/a", []],
    ["through a variable", "ARG D=/x\nRUN --mount=type=tmpfs,target=$D touch /x/a", []],
    ["installs are told all the same", "RUN --mount=type=cache,target=/ apt-get install -y a", ["apt a"]],
  ];
  test.each(cases)("%s", (_, dockerfile, effects) => {
    expect(effectsOf(dockerfile)).toEqual(effects);
  });
});

describe("what is still there at the end", () => {
  const cases: readonly (readonly [title: string, dockerfile: string, paths: readonly string[]])[] = [
    ["removed in the same RUN", "RUN wget https://x.org/a && rm a", []],
    ["removed in a later RUN", "COPY a.py /opt/ml/\nRUN rm -rf /opt/ml/*", []],
    ["its folder removed", "RUN git clone u /opt/ml/x && rm -r /opt/ml", []],
    ["another file removed", "RUN touch /x/a /x/b && rm /x/a", ["/x/b"]],
    ["removed before", "RUN rm -rf /x && touch /x/a", ["/x/a"]],
    ["perhaps removed", "RUN touch /x/a; if b; then rm /x/a; fi", ["/x/a"]],
    [
      "moved away",
      "RUN cd /opt/ml && wget https://x.org/a.py && mv a.py /opt/program/a.py",
      ["/opt/program/a.py"],
    ],
    ["removed by pattern", "RUN touch /x/a.sh /x/b.py && rm /x/*.sh", ["/x/b.py"]],
    ["the name is longer", "RUN touch /opt/ml_app/a && rm -rf /opt/ml", ["/opt/ml_app/a"]],
  ];
  test.each(cases)("%s", (_, dockerfile, paths) => {
    expect(survivorsOf(dockerfile)).toEqual(paths);
  });
});

describe("texts and modes", () => {
  const placeAt = (dockerfile: string, path: string) =>
    modelOf(dockerfile, contextOf({ "run.sh": "#!/bin/sh\r\na\n" })).effects.find(
      (effect) => effect.kind === "place" && effect.path === path,
    );

  test("of echo, printf and here-documents", () => {
    const text = (dockerfile: string): unknown => {
      const place = placeAt(dockerfile, "/x");
      return place?.kind === "place" ? (place.content?.text ?? null) : undefined;
    };
    expect(text("RUN echo '#!/bin/sh' > /x")).toBe("#!/bin/sh\n");
    expect(text('RUN echo -e "#!/bin/sh\\nexec a" > /x')).toBe("#!/bin/sh\nexec a\n");
    expect(text("RUN printf '#!/bin/sh\\nexec %s\\n' a > /x")).toBe("#!/bin/sh\nexec a\n");
    expect(text("RUN printf '%s\\n' a b > /x")).toBe("a\nb\n");
    expect(text("RUN cat <<'EOF' > /x\nexec $1\nEOF\n")).toBe("exec $1\n");
    expect(text("RUN cat > /x <<EOF\nexec $1\nEOF\n")).toBeNull();
    expect(text("RUN echo $(a) > /x")).toBeNull();
    expect(text("RUN echo a > /x && echo b >> /x")).toBeNull();
  });

  test("are not told any more once a command edits the file", () => {
    const before = { content: { text: "#!/bin/sh\r\na\n" } };
    expect(placeAt("COPY run.sh /", "/run.sh")).toMatchObject(before);
    expect(placeAt("COPY run.sh /\nRUN sed 's/a/b/' /run.sh", "/run.sh")).toMatchObject(before);
    expect(placeAt("COPY run.sh /\nRUN sed -i 's/\\r//' /run.sh", "/run.sh")).toMatchObject({
      content: null,
    });
    expect(placeAt("COPY run.sh /\nRUN dos2unix /*.sh", "/run.sh")).toMatchObject({ content: null });
  });

  test("a later chmod counts", () => {
    expect(placeAt("COPY run.sh /\nRUN chmod 755 /run.sh", "/run.sh")).toMatchObject({ mode: 0o755 });
    expect(placeAt("COPY run.sh /\nRUN chmod +x /run.sh", "/run.sh")).toMatchObject({ mode: 0o744 });
    expect(placeAt("COPY run.sh /\nRUN chmod -R 700 /", "/run.sh")).toMatchObject({ mode: 0o700 });
  });
});
