import { describe, expect, it } from "vitest";
import { launchPlan } from "../../../../src/core/job/launch.ts";

const image = { Entrypoint: ["/bin/image"], Cmd: ["image-cmd"] };
const plan = (containerEntrypoint: string[] | null, containerArguments: string[] | null, of = image) =>
  launchPlan(of, { containerEntrypoint, containerArguments });

describe("launchPlan", () => {
  it("appends `train` when the request gives neither, and drops CMD", () => {
    expect(plan(null, null).argv).toEqual(["/bin/image", "train"]);
    expect(plan(null, null).dropped.map((one) => one.what)).toEqual(["CMD"]);
  });

  it("passes no argument at all with an entrypoint alone", () => {
    expect(plan(["/bin/sh", "-x"], null).argv).toEqual(["/bin/sh", "-x"]);
    expect(plan(["/bin/sh"], null).dropped.map((one) => one.what)).toEqual(["ENTRYPOINT", "CMD", "train"]);
  });

  it("puts arguments behind the image's ENTRYPOINT", () => {
    expect(plan(null, ["a b", ""]).argv).toEqual(["/bin/image", "a b", ""]);
    expect(plan(null, ["a"]).dropped.map((one) => one.what)).toEqual(["CMD", "train"]);
  });

  it("takes both", () => {
    expect(plan(["e"], ["a"]).argv).toEqual(["e", "a"]);
  });

  it("looks for `train` itself without an ENTRYPOINT", () => {
    const bare = launchPlan(
      { Entrypoint: null, Cmd: null },
      { containerEntrypoint: null, containerArguments: null },
    );
    expect(bare).toEqual({ entrypoint: [], args: ["train"], argv: ["train"], dropped: [] });
  });
});
