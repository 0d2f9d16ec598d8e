import type { CascadeWhy, CaseTaken, Decision } from "../exchange/decision.ts";

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
  learned,
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
    ...(learned?.cascade === undefined ? [] : [cascadeText(learned.cascade)]),
    ...(flip === undefined ? [] : [`first would be ${flip}`]),
    ...(isFloorMissed === true ? ["none reaches the quality floor"] : []),
  ].join("; ");
}

function cascadeText({ first, second, rightShare, costNanoUsd, alone }: CascadeWhy): string {
  const [both, one] = [costNanoUsd, alone.costNanoUsd].map((cost) => (cost / 1e9).toPrecision(2));
  return `${first} on trial, right in ${Math.round(rightShare * 100)} %, then ${second}: ${both} USD, ${alone.name} alone ${one} USD`;
}

/** `case 2, `ai.tools > 0``. */
function caseText({ taken, when }: CaseTaken): string {
  if (taken === "none") return "no case holds: in their order";
  return taken === "else" ? "no case holds: else" : `case ${taken}, \`${when}\``;
}
