import { type Operator, reaches } from "../exchange/operator.ts";
import type { Control, LimitStanding } from "../gateway/control.ts";
import type { Answers } from "./answer.ts";
import type { limitRoutes } from "./limit-routes.ts";
import { limitWith, shownLimit } from "./limit-schemas.ts";
import { missing } from "./missing.ts";
import { components } from "./schemas.ts";
import { checkSets, type RuleScope } from "./within.ts";

/** Rate limits. Who is bound to a tenant sees those that are for it alone, and sets those within it. */
export function limitAnswers({ limits }: Pick<Control, "limits">): Pick<Answers, keyof typeof limitRoutes> {
  const known = (id: string) => limits.list().find(({ limit }) => limit.id === id);
  const seenBy = (by: Operator) =>
    limits
      .list()
      .filter(({ limit }) => reaches(by, ruleScope(limit.for)))
      .map(shownLimit);
  return {
    listLimits: ({ operator }) => ({ data: { limits: seenBy(operator) } }),
    setLimit: async ({ name, operator, body }) => {
      const before = known(name);
      if (before !== undefined) checkSets(operator, ruleScope(before.limit.for));
      const settings = limitWith(name, await body(components.WantedLimit));
      checkSets(operator, ruleScope(settings));
      return { data: shownLimit(await limits.set(settings)) };
    },
    removeLimit: async ({ name, operator }) => {
      const before = known(name);
      if (before === undefined || !reaches(operator, ruleScope(before.limit.for))) return missing("limit");
      checkSets(operator, ruleScope(before.limit.for));
      if (!(await limits.remove(name))) missing("limit");
      return { data: { limits: seenBy(operator) } };
    },
  };
}

type Named = Pick<LimitStanding["limit"]["for"], "tenants" | "projects" | "keys">;

/** A limit for several tenants is of none of them. */
function ruleScope({ tenants = [], projects = [], keys = [] }: Named): RuleScope {
  const [tenant] = tenants;
  const [project] = projects;
  return {
    ...(tenant === undefined || tenants.length > 1 ? {} : { tenant }),
    ...(project === undefined || projects.length > 1 ? {} : { project }),
    isNarrower: keys.length > 0,
  };
}
