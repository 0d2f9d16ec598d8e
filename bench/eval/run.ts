/** `npm run eval -- NAME`: our figures beside baselines and published anchors. Results are kept in bench/eval/results/NAME.json. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commit } from "../machine.ts";
import { evalBalancing } from "./balancing.ts";
import { evalBudget } from "./budget.ts";
import { evalCascade } from "./cascade.ts";
import { evalConformal } from "./conformal.ts";
import { evalForecast, evalScaling } from "./demand.ts";
import { evalGuardrails } from "./guardrails.ts";
import { evalLimits } from "./limits.ts";
import { evalOnline } from "./online.ts";
import { evaluationPage, sectionOf } from "./page.ts";
import { type EvalResult, isMet } from "./result.ts";
import { evalRouting } from "./routing.ts";

const root = join(import.meta.dirname, "..", "..");
const results = join(root, "bench", "eval", "results");
const evaluations: Readonly<Record<string, (folder: string) => EvalResult>> = {
  forecast: evalForecast,
  scaling: evalScaling,
  routing: evalRouting,
  "routing-online": evalOnline,
  budget: evalBudget,
  balancing: evalBalancing,
  conformal: evalConformal,
  cascade: evalCascade,
  limits: evalLimits,
  guardrails: evalGuardrails,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: "boolean", default: false },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const names = positionals.length === 0 ? Object.keys(evaluations) : positionals;

if (values.help) {
  console.log(`usage: npm run eval -- [NAME...] [--check] [--json FILE]
  names: ${Object.keys(evaluations).join(", ")}; all of them if none is given
  --check  ends with 1 if a figure misses what it must reach
Data: ../shared/data/intelligence, or SALLYPORT_EVAL_DIR. Writes bench/eval/results/NAME.json and docs/evaluation.md.`);
  process.exit(0);
}

const folder = process.env["SALLYPORT_EVAL_DIR"] ?? join(root, "..", "shared", "data", "intelligence");
if (!existsSync(folder)) {
  console.log(`SKIPPED: there is no ${folder}; SALLYPORT_EVAL_DIR may name it.`);
  process.exit(process.env["CI"] === "true" ? 1 : 0);
}
const { hash } = commit(root);
const made = names.map((name) => {
  const evaluate = evaluations[name];
  if (evaluate === undefined)
    throw new Error(`there is no evaluation ${name}; there are ${Object.keys(evaluations).join(", ")}`);
  const result = { ...evaluate(folder), commit: hash, node: process.versions.node };
  writeFileSync(join(results, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  console.log(sectionOf(result));
  return result;
});
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(made, null, 2));
writeFileSync(join(root, "docs", "evaluation.md"), evaluationPage(results));
if (values.check && made.some(({ rows }) => rows.some((row) => !isMet(row)))) process.exitCode = 1;
