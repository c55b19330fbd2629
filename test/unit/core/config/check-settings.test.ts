import { describe, expect, it } from "vitest";
import { ruleCatalog } from "../../../../src/core/config/catalog.ts";
import { parseConfigFile } from "../../../../src/core/config/parse.ts";
import { configData, configOf } from "../../../../src/core/config.ts";
import { UserError } from "../../../../src/core/errors.ts";
import { rules } from "../../../../src/rules/index.ts";

const read = (text: string) => parseConfigFile(text, ".trainlint.yaml", ruleCatalog(rules));

describe("what check looks at", () => {
  it.each([
    ["run: true", { run: true }],
    ["run: { grace: 20, gpus: all, memory: 8g }", { run: { grace: 20, gpus: "all", memory: "8g" } }],
    ["run: { gpus: 2, memory: 1024 }", { run: { gpus: 2, memory: 1024 } }],
    ["channels: { a: ./b }\nbuild: true\nimage: x", { channels: { a: "./b" }, build: true, image: "x" }],
    ["channels:\njob: j", { job: "j" }],
  ])("%s", (text, check) => {
    const file = read(text);
    expect(file.check).toEqual(check);
    expect(configData(configOf(file, "x"))).toMatchObject(check);
  });

  it.each([
    ["run: yes please", /true or false/],
    ["run: { grase: 1 }", /Unknown key `grase`/],
    ["run: { gpus: some }", /one of all/],
    ["build: 1", /true or false/],
    ["channels: [a]", /mapping/],
    ["dockerfile: [a]", /text/],
  ])("refuses %s", (text, message) => {
    expect(() => read(text)).toThrow(UserError);
    expect(() => read(text)).toThrow(message);
  });
});
