import { describe, expect, it } from "vitest";
import { announcedBytes } from "./announced.ts";

describe("the length of a body, by its head", () => {
  it.for<{ name: string; headers: Readonly<Record<string, string>>; bytes: number }>([
    { name: "none", headers: {}, bytes: 0 },
    { name: "as it is said", headers: { "content-length": "1234" }, bytes: 1234 },
    { name: "no more than may come", headers: { "content-length": "9000000000000000000" }, bytes: 5_000_000 },
    { name: "no number", headers: { "content-length": "many" }, bytes: 0 },
    { name: "below nothing", headers: { "content-length": "-1" }, bytes: 0 },
    { name: "unsaid: that of a large one", headers: { "transfer-encoding": "chunked" }, bytes: 1_048_576 },
    {
      name: "unsaid, whatever else is said",
      headers: { "transfer-encoding": "chunked", "content-length": "1" },
      bytes: 1_048_576,
    },
  ])("$name", ({ headers, bytes }) => {
    expect(announcedBytes({ header: (name) => headers[name] }, 5_000_000)).toBe(bytes);
  });

  it("unsaid is no more than may come either", () => {
    expect(announcedBytes({ header: () => "chunked" }, 1000)).toBe(1000);
  });
});
