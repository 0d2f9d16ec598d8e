import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gemini } from "./index.ts";

const path = (model: string, isStream = false, streamForm: "sse" | "json-array" = "sse") =>
  gemini.pathOf({ model, isStream, streamForm });

describe("pathOf", () => {
  it("names model, action and the form of the stream", () => {
    expect(path("gemini-3-pro")).toBe("/v1beta/models/gemini-3-pro:generateContent");
    expect(path("gemini-3-pro", true)).toBe("/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse");
    expect(path("gemini-3-pro", true, "json-array")).toBe(
      "/v1beta/models/gemini-3-pro:streamGenerateContent",
    );
  });

  it.for([
    ["models/gemini-3-pro", "/v1beta/models/gemini-3-pro:generateContent"],
    ["tunedModels/mine-1", "/v1beta/tunedModels/mine-1:generateContent"],
    ["publishers/x/models/y", "/v1beta/models/publishers%2Fx%2Fmodels%2Fy:generateContent"],
    ["models/../../v1/x", "/v1beta/models/..%2F..%2Fv1%2Fx:generateContent"],
    ["a?key=1#b", "/v1beta/models/a%3Fkey%3D1%23b:generateContent"],
    ["a:countTokens", "/v1beta/models/a%3AcountTokens:generateContent"],
    ["\ud800", "/v1beta/models/%EF%BF%BD:generateContent"],
  ] as const)("keeps %s inside its place", ([model, expected]) => {
    expect(path(model)).toBe(expected);
  });

  it("is one segment of its collection for any name", () => {
    const piece = fc.constantFrom(
      "a",
      ".",
      "..",
      "/",
      "?",
      "#",
      ":",
      "%",
      "%2F",
      "\n",
      "\\",
      "ü",
      "\ud800",
      "models/",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(path(pieces.join(""))).toMatch(
          /^\/v1beta\/(?:models|tunedModels)\/[^/?#:\s]*:generateContent$/,
        );
      }),
    );
  });
});

describe("gemini", () => {
  it("asks for streams in the client's own form, and changes nothing in bodies that pass", () => {
    expect(gemini.framingOf("json-array")).toBe("json-array");
    expect(gemini.framingOf("sse")).toBe("sse");
    expect(gemini.splices({ model: "a", isStream: true, wantsUsage: true }, { model: "b" })).toEqual([]);
  });
});
