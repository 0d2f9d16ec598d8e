import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSseReader } from "./sse.ts";
import { writeComment, writeEvent } from "./sse-write.ts";

const read = (text: string) => createSseReader().push(new TextEncoder().encode(text));

describe("writeEvent", () => {
  it("writes one data line, with the name before it", () => {
    expect(writeEvent("{}")).toBe("data: {}\n\n");
    expect(writeEvent("{}", "ping")).toBe("event: ping\ndata: {}\n\n");
  });

  it("keeps JSON that was written over several lines on one", () => {
    expect(writeEvent('{\r\n "a": 1\n}')).toBe('data: {   "a": 1 }\n\n');
  });

  it("is read back as it was, for any JSON", () => {
    fc.assert(
      fc.property(fc.json(), fc.boolean(), (json, isPretty) => {
        const text = isPretty ? JSON.stringify(JSON.parse(json), null, 2) : json;
        const [frame] = read(writeEvent(text, "name"));
        expect(frame?.event).toBe("name");
        expect(JSON.parse(frame?.data ?? "")).toEqual(JSON.parse(json));
      }),
    );
  });
});

describe("writeComment", () => {
  it("is one comment frame, even of text with line ends", () => {
    expect(read(writeComment("a\n\ndata: b"))).toMatchObject([{ kind: "comment", data: "" }]);
  });
});
