import { describe, expect, it } from "vitest";
import { milliseconds } from "../kernel/units.ts";
import type { TransportFailure } from "../ports/transport.ts";
import { canSendAgain, statusOfBreak } from "./grpc-ending.ts";

const broken: TransportFailure = { code: "upstream_unreachable", detail: "it broke", wasSent: true };
const refused: TransportFailure = { ...broken, wasSent: false, resetCode: 7 };

describe("statusOfBreak", () => {
  it.for([
    { name: "a call that is given up in its time", failure: { ...broken, resetCode: 8 }, left: 200, code: 1 },
    {
      name: "a call that is given up when it is over",
      failure: { ...broken, resetCode: 8 },
      left: 1,
      code: 4,
    },
    { name: "a call that is refused when it is over", failure: refused, left: 0, code: 14 },
    { name: "a connection that breaks when it is over", failure: broken, left: 0, code: 14 },
  ])("$name: $code", ({ failure, left, code }) =>
    expect(statusOfBreak(failure, milliseconds(left)).code).toBe(code),
  );
});

describe("canSendAgain", () => {
  const others = { hasOther: () => true };
  const alone = { hasOther: () => false };
  it.for([
    {
      name: "nothing was sent, and there is another address",
      failure: { ...broken, wasSent: false },
      leave: others,
      can: true,
    },
    {
      name: "nothing was sent, and there is none",
      failure: { ...broken, wasSent: false },
      leave: alone,
      can: false,
    },
    { name: "refused, and there is another address", failure: refused, leave: others, can: true },
    { name: "refused, and there is none", failure: refused, leave: alone, can: true },
    { name: "refused behind a head", failure: { ...refused, wasSent: true }, leave: others, can: false },
    { name: "sent", failure: broken, leave: others, can: false },
    { name: "sent and reset", failure: { ...broken, resetCode: 2 }, leave: others, can: false },
  ])("$name: $can", ({ failure, leave, can }) => expect(canSendAgain(failure, leave)).toBe(can));
});
