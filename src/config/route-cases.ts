import { type RoutingSettings, routeFacts } from "../capabilities/routing/index.ts";
import { nearestNames } from "../kernel/nearest.ts";
import type { Expressions } from "../ports/expressions.ts";
import { type Finding, suggestion } from "./problem.ts";

type Route = NonNullable<RoutingSettings[string]["route"]>;
type RouteChoice = NonNullable<Route["else"]>;

/** What is wrong with the cases of conditional routes, and with their conditions: none is found out by a request. */
export function checkCases(pools: RoutingSettings, expressions: Expressions): readonly Finding[] {
  return Object.entries(pools).flatMap(([name, { route, targets }]) => {
    if (route === undefined) return [];
    const names = targets.map(({ provider, model }) => `${provider}/${model}`);
    return [...caseProblems(route, names), ...conditionProblems(route, expressions)].map(
      ({ path, message, at = "value" }): Finding => ({
        path: ["models", name, "route", ...path],
        message,
        at,
      }),
    );
  });
}

interface CaseProblem extends Partial<Pick<Finding, "at">> {
  /** Within the route. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function conditionProblems({ cases = [] }: Route, { compile }: Expressions): readonly CaseProblem[] {
  return cases.flatMap(({ when }, index): readonly CaseProblem[] => {
    const compiled = compile(when, routeFacts);
    if (compiled.kind === "condition") return [];
    const message = `the condition \`${shortened(when)}\` is wrong at character ${compiled.at}: ${compiled.message}`;
    return [{ path: ["cases", index, "when"], message }];
  });
}

const shownMax = 80;
const shortened = (text: string): string => (text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);

/** `targets`: `provider/model`. */
function caseProblems(
  { strategy, cases, else: otherwise }: Route,
  targets: readonly string[],
): readonly CaseProblem[] {
  if (strategy !== "conditional") {
    const path = cases === undefined ? "else" : "cases";
    const isAlone = cases === undefined && otherwise === undefined;
    return isAlone
      ? []
      : [
          {
            path: [path],
            message: `\`${path}\` is for the strategy \`conditional\`, not \`${strategy}\``,
            at: "name",
          },
        ];
  }
  if (cases === undefined)
    return [
      {
        path: ["strategy"],
        message:
          "`conditional` needs `cases`, for example `cases: [{ when: 'ai.tools > 0', strategy: highest-quality }]`",
      },
    ];
  return [
    ...cases.flatMap((one, index) => choiceProblems(one, ["cases", index], targets)),
    ...(otherwise === undefined ? [] : choiceProblems(otherwise, ["else"], targets)),
  ];
}

function choiceProblems(
  { use, strategy }: RouteChoice,
  path: CaseProblem["path"],
  targets: readonly string[],
): readonly CaseProblem[] {
  if (use === undefined && strategy === undefined)
    return [{ path, message: "a case needs `use` (targets of its pool), `strategy`, or both" }];
  const why = strategy === undefined ? undefined : noInner[strategy];
  return [
    ...(why === undefined ? [] : [{ path: [...path, "strategy"], message: why }]),
    ...(use ?? []).flatMap((name, index): readonly CaseProblem[] => {
      const message = useProblem(name, (use ?? []).slice(0, index), targets);
      return message === undefined ? [] : [{ path: [...path, "use", index], message }];
    }),
  ];
}

/** Strategies that a case cannot have, and why. */
const noInner: Readonly<Record<string, string>> = {
  conditional: "a case is not `conditional` itself: put its cases into the one list",
  learned:
    "`learned` is not for a case: its budget and its probabilities hold for one set of targets, and cases change the set; make it a pool of its own",
};

function useProblem(name: string, before: readonly string[], targets: readonly string[]): string | undefined {
  if (before.includes(name)) return `\`${name}\` is used twice`;
  if (targets.includes(name)) return undefined;
  return `\`${name}\` is none of the targets of its pool${suggestion(nearestNames(name, targets, 1))}`;
}
