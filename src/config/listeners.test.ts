import { describe, expect, it } from "vitest";
import { isLoopback, mayBind } from "./listeners.ts";

describe("isLoopback", () => {
  it.for(["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])("%s is", (host) => {
    expect(isLoopback(host)).toBe(true);
  });
  it.for(["0.0.0.0", "::", "10.0.0.1", "gateway.internal", "127.0.0.1.example.com", "localhost.example.com"])(
    "%s is not",
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});

describe("mayBind", () => {
  it("opens a listener to other machines only when it is guarded", () => {
    expect(mayBind("0.0.0.0", false)).toBe(false);
    expect(mayBind("0.0.0.0", true)).toBe(true);
    expect(mayBind("127.0.0.1", false)).toBe(true);
  });
});
