import { describe, expect, it } from "vitest";
import type { Contract } from "../exchange/contract.ts";
import type { StreamPart } from "../exchange/part.ts";
import { brokenContract, createAnswerCheck } from "./answer-check.ts";
import { classOf, isEvidence } from "./failure-class.ts";

/** Says what it was shown. */
const contract: Contract = {
  faultOf: ({ parts, finish }) => JSON.stringify([parts, finish?.reason]),
};
const finish: StreamPart = { kind: "finish", finish: { reason: "stop", raw: "stop" } };

describe("the check of an answer", () => {
  it("is shown what a stream comes to, blocks that interleave among it", () => {
    const check = createAnswerCheck(contract, true);
    const told: readonly StreamPart[] = [
      { kind: "start", answerId: "a", model: "m" },
      { kind: "text-start", part: 0 },
      { kind: "tool-input-start", part: 1, id: "c", name: "f" },
      { kind: "text-delta", part: 0, text: "a" },
      { kind: "tool-input-delta", part: 1, argumentsText: '{"x"' },
      { kind: "text-delta", part: 0, text: "b" },
      { kind: "tool-input-delta", part: 1, argumentsText: ":1}" },
    ];
    for (const part of told) check.push(part);
    expect([check.verdict(), brokenContract(check)]).toEqual([undefined, undefined]);
    check.push(finish);
    const parts = [
      { kind: "text", text: "ab" },
      { kind: "tool-call", id: "c", name: "f", argumentsText: '{"x":1}', isCustom: false },
    ];
    expect(JSON.parse(check.verdict()?.fault ?? "")).toEqual([parts, "stop"]);
    expect(brokenContract(check)).toMatchObject({ code: "upstream_contract_broken", status: 502 });
  });

  it("finds nothing that speaks against the health of a target", () => {
    expect(isEvidence("upstream_contract_broken")).toBe(false);
    expect(classOf("upstream_contract_broken").others).toBe("all");
  });

  it("only notes what is not on trial", () => {
    const check = createAnswerCheck(contract, false);
    check.whole([], undefined);
    expect(check.verdict()).toBeDefined();
    expect(brokenContract(check)).toBeUndefined();
  });

  it("has no opinion of an answer that is too long to be kept", () => {
    const check = createAnswerCheck(contract, true);
    check.push({ kind: "text-start", part: 0 });
    for (let part = 0; part < 17; part += 1)
      check.push({ kind: "text-delta", part: 0, text: "x".repeat(65_536) });
    check.push(finish);
    expect([check.verdict(), brokenContract(check)]).toEqual([undefined, undefined]);
  });
});
