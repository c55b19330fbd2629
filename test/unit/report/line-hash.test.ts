import { expect, test } from "vitest";
import { lineHashes } from "../../../src/report/line-hash.ts";

// The vectors of github/codeql-action, src/fingerprints.test.ts: the hashes must be theirs, bit by bit.
const greetings = [
  "e9496ae3ebfced30:1",
  "fb7c023a8b9ccb3f:1",
  "ce8ba1a563dcdaca:1",
  "e20e36e16fcb0cc8:1",
  "b3edc88f2938467e:1",
  "c8e28b0b4002a3a0:1",
  "c129715d7a2bc9a3:1",
];

test.each([
  ["", ["c129715d7a2bc9a3:1"]],
  [
    " a\nb\n  \t\tc\n d",
    ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
  ],
  [" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", greetings],
  [" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", greetings],
  [" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", greetings],
])("hashes %j as GitHub does", (text, hashes) => {
  expect(lineHashes(text)).toEqual(hashes);
});

test("numbers lines whose next hundred characters are the same", () => {
  const line = `${"x".repeat(120)}\n`;
  const hashes = lineHashes(line + line);
  expect(hashes[0]).toMatch(/:1$/);
  expect(hashes[1]).toBe(hashes[0]?.replace(/:1$/, ":2"));
});
