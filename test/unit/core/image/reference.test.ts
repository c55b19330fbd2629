import { describe, expect, it } from "vitest";
import { challengesOf } from "../../../../src/core/image/challenge.ts";
import { isLoopback, registryReference } from "../../../../src/core/image/reference.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("the name of an image in a registry", () => {
  it.each([
    ["ubuntu", "registry-1.docker.io", "library/ubuntu", "latest", null],
    ["user/image:1.2", "registry-1.docker.io", "user/image", "1.2", null],
    ["docker.io/ubuntu", "registry-1.docker.io", "library/ubuntu", "latest", null],
    ["localhost/a", "localhost", "a", "latest", null],
    ["localhost:5000/a/b:c", "localhost:5000", "a/b", "c", null],
    ["[::1]:5000/a", "[::1]:5000", "a", "latest", null],
    ["1.dkr.ecr.eu-west-1.amazonaws.com/a", "1.dkr.ecr.eu-west-1.amazonaws.com", "a", "latest", null],
    [`quay.io/a/b@${DIGEST}`, "quay.io", "a/b", null, DIGEST],
    [`quay.io/a/b:c@${DIGEST}`, "quay.io", "a/b", "c", DIGEST],
  ])("%s", (text, host, repository, tag, digest) => {
    expect(registryReference(text)).toMatchObject({ host, repository, tag, digest });
  });

  it("is kept under the key of docker login", () => {
    expect(registryReference("ubuntu").credentialsKey).toBe("https://index.docker.io/v1/");
    expect(registryReference("quay.io/a").credentialsKey).toBe("quay.io");
  });

  it.each(["", "A", "a:", "a@sha256:1", "https://a/b", "a/../b", "host:99/", "a b", "a//b", "h.io/a?x=y"])(
    "is not %j",
    (text) => {
      expect(() => registryReference(text)).toThrow("not the name of an image in a registry");
    },
  );
});

it("knows the machine itself by its names, and by none that only look so", () => {
  expect(
    ["localhost", "localhost:1", "127.0.0.1", "127.1.2.3:5000", "[::1]:5"].filter(isLoopback),
  ).toHaveLength(5);
  expect(["localhost.evil.example", "127.0.0.1.evil.example", "128.0.0.1", "evil:127"].some(isLoopback)).toBe(
    false,
  );
});

it("reads challenges, several in one header and with quotes", () => {
  const header =
    'Negotiate, Basic realm="a, b", Bearer realm="https://x/t?a=b",service="s\\"q",scope="repository:a:pull"';
  expect(
    challengesOf(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]),
  ).toEqual([
    ["basic", { realm: "a, b" }],
    ["bearer", { realm: "https://x/t?a=b", service: 's"q', scope: "repository:a:pull" }],
  ]);
  expect(challengesOf("")).toEqual([]);
});
