import { describe, expect, it } from "vitest";
import { dockerfileModel } from "../../../../src/core/dockerfile/dockerfile.ts";
import { UserError } from "../../../../src/core/errors.ts";

const model = (text: string, options: { target?: string; buildArgs?: Record<string, string> } = {}) =>
  dockerfileModel(text, { path: "Dockerfile", ...options });
const env = (text: string, options = {}) =>
  Object.fromEntries(
    [...model(text, options).config.env].map(([name, value]) => [name, value.known ? value.value : null]),
  );

describe("entrypoint and command", () => {
  it("lets ENTRYPOINT reset a CMD that is inherited, not one of the same stage", () => {
    const inherited = model('FROM scratch AS a\nCMD x\nFROM a\nENTRYPOINT ["e"]\n');
    expect(inherited.config.cmd).toMatchObject({ known: true, value: null });
    const same = model('FROM scratch\nCMD x\nENTRYPOINT ["e"]\n');
    expect(same.config.cmd).toMatchObject({ known: true, value: { argv: ["/bin/sh", "-c", "x"] } });
  });

  it("puts the SHELL that is in force in front of the shell form", () => {
    const { config } = model('FROM scratch\nSHELL ["bash", "-ec"]\nCMD b\nSHELL ["zsh"]\n');
    expect(config.cmd).toMatchObject({ value: { form: "shell", argv: ["bash", "-ec", "b"] } });
  });

  it("takes ENTRYPOINT [] as none", () => {
    expect(model("FROM scratch\nENTRYPOINT []\n").config.entrypoint).toMatchObject({
      known: true,
      value: null,
    });
  });

  it("is unknown, not empty, on a base that is not known", () => {
    const { config } = model("FROM example.com/team/image:1\n");
    expect(config.entrypoint).toMatchObject({ known: false });
    expect(config.cmd).toMatchObject({ known: false });
    expect(config.user).toMatchObject({ known: false });
    expect(config.envComplete).toMatchObject({ known: false });
  });
});

describe("variables", () => {
  it("evaluates one instruction against the state before it", () => {
    expect(env("FROM scratch\nENV a=1\nENV a=2 b=$a\n")).toMatchObject({ a: "2", b: "1" });
    expect(env("FROM scratch\nARG A=1\nARG A=2 B=$A\nENV b=$B\n")).toMatchObject({ b: "1" });
  });

  it("lets the later of ENV and ARG win", () => {
    expect(env("FROM scratch\nENV A=e\nARG A=a\nENV X=$A\n")).toMatchObject({ X: "a" });
    expect(env("FROM scratch\nARG A=a\nENV A=e\nENV X=$A\n")).toMatchObject({ X: "e" });
  });

  it("shows a global ARG to FROM, and to a stage that asks for it", () => {
    expect(env("ARG A=g\nFROM scratch\nENV X=$A\n")).toMatchObject({ X: "" });
    expect(env("ARG A=g\nFROM scratch\nARG A\nENV X=$A\n")).toMatchObject({ X: "g" });
  });

  it("prefers --build-arg to the default", () => {
    const text = "FROM scratch\nARG A=d\nENV X=$A\n";
    expect(env(text, { buildArgs: { A: "given" } })).toMatchObject({ X: "given" });
  });

  it("does not know what an unknown base may have set", () => {
    expect(env("FROM example.com/x\nENV X=$Y\nARG Z=$Y\nENV W=$Z\n")).toMatchObject({ X: null, W: null });
  });

  it("reads the old form of ENV", () => {
    expect(env('FROM scratch\nENV A one "two"  three\n')).toMatchObject({ A: "one two  three" });
  });

  it("says that ports and volumes are incomplete when one of them is not known", () => {
    const { config } = model("FROM scratch\nARG TARGETARCH\nEXPOSE 80 $TARGETARCH\nVOLUME /v /$TARGETARCH\n");
    expect([...config.exposedPorts.keys()]).toEqual(["80/tcp"]);
    expect(config.exposedPortsComplete).toMatchObject({ known: false });
    expect([...config.volumes.keys()]).toEqual(["/v"]);
    expect(config.volumesComplete).toMatchObject({ known: false });
  });
});

describe("stages", () => {
  it("takes FROM base-$TARGETARCH for the stage of linux/amd64 where nobody asks for a platform", () => {
    const text =
      "FROM scratch AS base-arm64\nUSER arm\nFROM scratch AS base-amd64\nUSER amd\nFROM base-${TARGETARCH}\n";
    expect(model(text).config.user).toMatchObject({ value: "amd" });
    expect(model(`ARG TARGETARCH=arm64\n${text}`).config.user).toMatchObject({ value: "arm" });
    const asked = dockerfileModel(text, { path: "Dockerfile", platform: "linux/arm64" });
    expect(asked.config.user).toMatchObject({ value: "arm" });
    expect(model("FROM scratch AS other\nFROM base-$TARGETARCH\n").base).toMatchObject({ kind: "unknown" });
  });

  it("finds a stage by name in any case, by number, and through ARG", () => {
    const text = "ARG WHICH=Base\nFROM scratch AS base\nUSER u\nFROM ${WHICH} AS last\n";
    expect(model(text).lineage).toEqual([1, 0]);
    expect(model(text).config.user).toMatchObject({ value: "u" });
    expect(model(text, { target: "BASE" }).target.index).toBe(0);
    expect(model(text, { target: "0" }).target.index).toBe(0);
  });

  it("names the stages when the target is none of them", () => {
    expect(() => model("FROM scratch AS build\nFROM scratch AS train\n", { target: "trainn" })).toThrow(
      expect.objectContaining({ help: expect.stringMatching(/"train".*build, train/) }),
    );
  });

  it("runs ONBUILD triggers in the child, and only there", () => {
    const text = "FROM scratch AS a\nONBUILD ENV X=1\nFROM a AS b\nCMD x\nFROM b\nUSER u\n";
    const { config, steps } = model(text);
    expect(config.env.get("X")).toMatchObject({ value: "1" });
    expect(config.onbuild).toEqual([]);
    expect(steps.map(({ instruction, stage }) => `${stage} ${instruction.keyword}`)).toEqual([
      "0 ONBUILD",
      "1 ENV",
      "1 CMD",
      "2 USER",
    ]);
    expect(model(text, { target: "a" }).config.onbuild).toEqual(["ENV X=1"]);
  });
});

describe("what every builder refuses", () => {
  it.each([
    ["", 1],
    ["RUN x\n", 1],
  ])("is an error where there is nothing to judge: %j", (text, line) => {
    expect(() => model(text)).toThrow(UserError);
    expect(() => model(text)).toThrow(expect.objectContaining({ place: expect.objectContaining({ line }) }));
  });

  it.each([
    ["FROM scratch\nENTRYPONT x\nUSER u\n", 2, /no instruction "ENTRYPONT" \(meant is ENTRYPOINT\?\)/],
    ["FROM\nUSER u\n", 1, /refuses this FROM/],
    ["FROM a b\nUSER u\n", 1, /refuses this FROM/],
    ["FROM scratch\nRUN <<EOF\nx\n EOF\nUSER u\n", 2, /no line with EOF alone/],
  ])("is a problem where the rest can be judged: %j", (text, line, message) => {
    const { problems, config } = model(text);
    expect(problems).toMatchObject([{ range: { start: { line } }, message: expect.stringMatching(message) }]);
    expect(config.user).toMatchObject({ value: "u" });
  });
});
