import { expect, it } from "vitest";
import { ruleCatalog } from "../../../../src/core/config/catalog.ts";
import { type Found, firstConfig } from "../../../../src/core/config/first-config.ts";
import { parseConfigFile } from "../../../../src/core/config/parse.ts";
import { rules } from "../../../../src/rules/index.ts";

const read = (found: Found) =>
  parseConfigFile(firstConfig(found), ".trainlint.yaml", ruleCatalog(rules)).check;

it.each<[string, Found, object]>([
  ["nothing", { dockerfiles: [], jobs: [] }, { build: false, run: false }],
  ["a Dockerfile", { dockerfiles: ["Dockerfile"], jobs: [] }, { dockerfile: "Dockerfile" }],
  [
    "several, with strange names",
    {
      dockerfiles: ["14: a/Docker file", "x\ny/Dockerfile", "b", "c", "d", "e", "f"],
      jobs: [
        { path: "true", channels: [] },
        { path: "j", channels: [] },
      ],
    },
    { dockerfile: "14: a/Docker file", job: "true" },
  ],
  [
    "channels, some with a folder",
    {
      dockerfiles: [],
      jobs: [
        {
          path: "job.json",
          channels: [
            { name: "1", folder: "data/1" },
            { name: "on", folder: null },
          ],
        },
      ],
    },
    { job: "job.json", channels: { "1": "data/1" } },
  ],
  [
    "channels without a folder",
    { dockerfiles: [], jobs: [{ path: "job.json", channels: [{ name: "train", folder: null }] }] },
    { job: "job.json" },
  ],
])("a first configuration of %s reads back", (_, found, expected) => {
  expect(read(found)).toEqual({ build: false, run: false, ...expected });
});
