import type { Contract, SeenAnswer, Verdict } from "../exchange/contract.ts";
import type { Funded } from "../exchange/exchange.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Finish } from "../exchange/finish.ts";
import type { Part, StreamPart } from "../exchange/part.ts";
import type { Candidate } from "../exchange/target.ts";
import { errorCatalog } from "../kernel/errors.ts";
import { utf8Length } from "../kernel/utf8.ts";

/** Reads one answer, and holds it against its contract where it has one. */
export interface AnswerCheck {
  /** An answer that breaks it goes to nobody. */
  readonly isEnforced: boolean;
  readonly whole: (parts: readonly Part[], finish: Finish | undefined) => void;
  /** Of a stream, in order. */
  readonly push: (part: StreamPart) => void;
  /** `undefined`: the answer has not ended, was too long to be looked at, or has no contract. */
  readonly verdict: () => Verdict | undefined;
  /** `undefined`: it has not ended, or was too long. */
  readonly answer: () => SeenAnswer | undefined;
}

/** Who is asked on trial must keep the contract; what others make of it is only noted. `isFirst`: nobody was asked before. */
export function checkOf(
  { contract, isRead = false, isCascade = false, plan }: Funded,
  { candidate: { target }, resumed }: { readonly candidate: Candidate; readonly resumed?: unknown },
  isFirst: boolean,
): AnswerCheck | undefined {
  if ((contract === undefined && !isRead) || resumed !== undefined) return undefined;
  return createAnswerCheck(contract, isCascade && isFirst && target === plan.candidates[0].target);
}

/** No more of an answer is kept to be looked at. */
const bytesMax = 1024 * 1024;

export function createAnswerCheck(contract: Contract | undefined, isEnforced: boolean): AnswerCheck {
  const begun = new Map<number, Part>();
  let bytes = 0;
  let verdict: Verdict | undefined;
  let answer: SeenAnswer | undefined;
  const judge = (parts: readonly Part[], finish: Finish | undefined): void => {
    answer = { parts, finish };
    if (contract !== undefined) verdict = { fault: contract.faultOf(answer) };
  };
  const grow = (part: number, by: string): void => {
    const before = begun.get(part);
    bytes += utf8Length(by);
    if (bytes > bytesMax) return;
    if (before?.kind === "tool-call")
      begun.set(part, { ...before, argumentsText: before.argumentsText + by });
    else if (before?.kind === "text" || before?.kind === "refusal")
      begun.set(part, { ...before, text: before.text + by });
  };
  return {
    isEnforced,
    whole: judge,
    push: (part) => {
      switch (part.kind) {
        case "text-start":
          begun.set(part.part, { kind: "text", text: "" });
          return;
        case "refusal-start":
          begun.set(part.part, { kind: "refusal", text: "" });
          return;
        case "tool-input-start": {
          const { id, name, isCustom = false } = part;
          begun.set(part.part, { kind: "tool-call", id, name, argumentsText: "", isCustom });
          return;
        }
        case "text-delta":
        case "refusal-delta":
          grow(part.part, part.text);
          return;
        case "tool-input-delta":
          grow(part.part, part.argumentsText);
          return;
        case "whole":
          begun.set(part.part, part.value);
          return;
        case "finish":
          if (bytes <= bytesMax) judge([...begun.values()], part.finish);
          return;
        default:
      }
    },
    verdict: () => verdict,
    answer: () => answer,
  };
}

/** What an enforced check has found; `undefined`: nothing. */
export function brokenContract(check: AnswerCheck | undefined): UpstreamFailure | undefined {
  const fault = check?.isEnforced === true ? check.verdict()?.fault : undefined;
  if (fault === undefined) return undefined;
  const code = "upstream_contract_broken";
  return { code, status: errorCatalog[code].status, message: fault };
}
