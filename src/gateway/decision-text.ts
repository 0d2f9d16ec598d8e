import type { CaseTaken, Decision } from "../exchange/decision.ts";

const shownMax = 5;

/** A decision in one sentence, for the record of its door. */
export function decisionText({
  strategy,
  chosenBy,
  propensity,
  ranked,
  refused,
  flip,
  case: found,
  isFloorMissed,
}: Decision): string {
  const shown = ranked
    .slice(0, shownMax)
    .map(({ provider, model, score, costNanoUsd, latencyMs, health, answers }) => {
      const cost = costNanoUsd === null ? "no price known" : `${(costNanoUsd / 1e9).toPrecision(2)} USD`;
      const time = `${Math.round(latencyMs)} ms${answers === 0 ? " assumed" : ""}`;
      return `${provider}/${model} (score ${score.toPrecision(3)}, ${cost}, ${time}, health ${health.toFixed(2)})`;
    });
  const out = refused.map(({ provider, model, by, detail }) => `${provider}/${model} out: ${by}, ${detail}`);
  return [
    ...(found === undefined ? [] : [caseText(found)]),
    `${found?.strategy ?? strategy}: ${shown.join(", ")}`,
    ...out.slice(0, shownMax),
    ...(chosenBy === "guard" ? ["its guard has the reference serve"] : []),
    ...(propensity < 1 ? [`chosen with probability ${propensity.toFixed(4)}`] : []),
    ...(flip === undefined ? [] : [`first would be ${flip}`]),
    ...(isFloorMissed === true ? ["none reaches the quality floor"] : []),
  ].join("; ");
}

/** `case 2, `ai.tools > 0``. */
function caseText({ taken, when }: CaseTaken): string {
  if (taken === "none") return "no case holds: in their order";
  return taken === "else" ? "no case holds: else" : `case ${taken}, \`${when}\``;
}
