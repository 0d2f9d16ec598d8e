import { describe, expect, it } from "vitest";
import { readDirections } from "./directions.ts";
import { readFault } from "./faults.ts";

describe("readDirections", () => {
  it.for([
    [
      "ttft=800;rate=40;fault=cut-after:12",
      { ttft: 800, rate: 40, faults: [{ kind: "cut-after", count: 12 }] },
    ],
    ["fault=stall-after:5+tokens=9", { faults: [{ kind: "stall-after", count: 5 }], tokens: 9 }],
    [
      "fault=crlf,comments,usage:none",
      { faults: [{ kind: "crlf" }, { kind: "comments" }, { kind: "usage", how: "none" }] },
    ],
    ["fault=none", { faults: [] }],
    ["fault=status:429;retry-after=0", { faults: [{ kind: "status", status: 429 }], retryAfter: 0 }],
    [" ttft = 1.5 ; ", { ttft: 1.5 }],
    ["", {}],
  ] as const)("reads %s", ([text, expected]) => {
    expect(readDirections(text)).toEqual(expected);
  });

  it.for([
    "speed=3",
    "ttft=fast",
    "ttft=-1",
    "fault=explode",
    "fault=status:200",
    "fault=usage:odd",
    "answer=poem",
    "tokens=9e9",
    "ttft",
  ])("refuses %s", (text) => {
    expect(() => readDirections(text)).toThrow(/sandbox/);
  });
});

it("a fault without a number happens after 3 tokens; a fault that takes none refuses one", () => {
  expect(readFault("cut-after")).toEqual({ kind: "cut-after", count: 3 });
  expect(readFault("crlf:3")).toBeUndefined();
  expect(readFault("cut-after:-1")).toBeUndefined();
});
