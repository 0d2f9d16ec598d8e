import type { components } from "../admin/schemas.ts";

type Simulated = ReturnType<typeof components.PolicySimulation.parse>;

/** What policies would have come to, for people to read. */
export function printSimulation(told: Simulated): string {
  const { requests, newlyDenied, newlyAllowed, changedConstraints, unknown, by, samples } = told;
  const dollars = (told.costDifferenceNanoUsd / 1e9).toFixed(4);
  const head = `${requests} requests: ${newlyDenied} newly denied, ${newlyAllowed} newly allowed, ${changedConstraints} changed, ${unknown} unknown; cost ${dollars} USD\n`;
  const groups = Object.entries(by).flatMap(([dimension, group]) =>
    group.map(
      (one) =>
        `  ${dimension} ${one.name === "" ? "-" : one.name}: ${one.newlyDenied} denied, ${one.newlyAllowed} allowed, ${one.changedConstraints} changed\n`,
    ),
  );
  const lines = samples.map(
    ({ requestId, change, policy, reason }) =>
      `  ${requestId} ${change} by ${policy === "" ? "the default" : policy}: ${reason}\n`,
  );
  return `${head}${groups.join("")}${lines.join("")}`;
}
