import { expect, it } from "vitest";
import type { AcceptedProofs, Proof } from "../../exchange/proof.ts";
import { judgeProofs } from "./accepted.ts";

it.for<{
  readonly given: readonly Proof[];
  readonly wanted?: AcceptedProofs;
  readonly told: readonly Proof[] | string;
}>([
  { given: ["key"], told: ["key"] },
  { given: ["jwt", "mtls"], told: ["jwt"] },
  { given: ["signature", "key"], told: ["signature"] },
  { given: ["key", "jwt"], told: "ambiguous" },
  { given: ["jwt", "signature"], told: "ambiguous" },
  { given: [], told: "missing" },
  { given: ["key"], wanted: { anyOf: ["jwt", "mtls"] }, told: "missing" },
  { given: ["key", "mtls"], wanted: { anyOf: ["mtls"] }, told: ["mtls"] },
  { given: ["key", "jwt"], wanted: { anyOf: ["key", "jwt"] }, told: "ambiguous" },
  { given: ["jwt"], wanted: { allOf: ["jwt", "mtls"] }, told: "missing" },
  { given: ["mtls", "jwt"], wanted: { allOf: ["jwt", "mtls"] }, told: ["jwt", "mtls"] },
  { given: ["key", "jwt"], wanted: { allOf: ["key", "jwt"] }, told: ["key", "jwt"] },
  { given: ["key", "jwt"], wanted: { allOf: ["jwt"] }, told: "ambiguous" },
  { given: ["mtls"], wanted: { allOf: ["mtls"], anyOf: ["key", "jwt"] }, told: "missing" },
  { given: ["mtls", "key", "jwt"], wanted: { allOf: ["mtls"], anyOf: ["key", "jwt"] }, told: "ambiguous" },
  { given: ["mtls", "jwt"], wanted: { allOf: ["mtls"], anyOf: ["key", "jwt"] }, told: ["mtls", "jwt"] },
])("$given, where $wanted is wanted: $told", ({ given, wanted, told }) => {
  const judged = judgeProofs(new Set(given), wanted);
  expect(judged.kind === "accepted" ? judged.checks : judged.kind).toEqual(told);
});
