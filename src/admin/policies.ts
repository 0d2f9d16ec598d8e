import type { Control } from "../gateway/control.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Answers, Asked } from "./answer.ts";
import { missing } from "./missing.ts";
import type { policyRoutes } from "./policy-routes.ts";
import { policyComponents, violationsQuery } from "./policy-schemas.ts";
import { beyond } from "./within.ts";

type PolicyAnswers = Pick<Answers, keyof typeof policyRoutes>;

/** Policies: translations of the control interface, no more. */
export function policyAnswers(
  { policies }: Pick<Control, "policies">,
  clock: Pick<Clock, "now">,
): PolicyAnswers {
  const withTag = (data: ReturnType<typeof policies.state>) => ({
    data,
    headers: ["etag", `"${data.revision}"`],
  });
  return {
    listPolicies: () => withTag(policies.state()),
    createPolicy: async (asked: Asked) =>
      withTag(await policies.put(await asked.body(policyComponents.WantedPolicy), byOf(asked), "new")),
    setPolicy: async (asked: Asked) => {
      const policy = await asked.body(policyComponents.WantedPolicy);
      if (policy.id !== asked.name) throw otherId(policy.id);
      return withTag(await policies.put(policy, byOf(asked), "any"));
    },
    removePolicy: async (asked: Asked) =>
      withTag((await policies.remove(asked.name, byOf(asked))) ?? missing("policy")),
    previewPolicies: async ({ body }: Asked) => ({
      data: await policies.preview((await body(policyComponents.WantedPolicies)).policies),
    }),
    commitPolicies: async (asked: Asked) => {
      const expected = expectedOf(asked);
      const wanted = await asked.body(policyComponents.WantedPolicies);
      return withTag(await policies.commit(wanted.policies, byOf(asked), expected));
    },
    listPolicyVersions: () => ({ data: { versions: policies.versions() } }),
    rollBackPolicies: async (asked: Asked) => {
      const { revision } = await asked.body(policyComponents.WantedRollback);
      return withTag((await policies.rollback(revision, byOf(asked))) ?? missing("revision"));
    },
    evaluatePolicies: async ({ body }: Asked) => ({
      data: policies.evaluate(await body(policyComponents.PolicyQuestion)),
    }),
    simulatePolicies: async ({ body }: Asked) => {
      const { policies: wanted, since, until = clock.now() } = await body(policyComponents.WantedSimulation);
      return { data: await policies.simulate({ policies: wanted, since, until }) };
    },
    listViolations: ({ query, operator }: Asked) => {
      const asked = query(violationsQuery);
      const { tenant, project } = operator;
      // They tell of which tenant they are, and not of which project.
      if (project !== undefined) throw beyond(operator);
      if (tenant === undefined)
        return { data: { violations: policies.violations(asked), total: policies.violationCount() } };
      const all = policies.violations({ tenant, limit: Infinity });
      const total = all.filter(({ mode }) => mode === "enforce").length;
      return { data: { violations: policies.violations({ ...asked, tenant }), total } };
    },
  };
}

const byOf = ({ operator }: Asked): string => operator.id;

/** The revision that whoever commits has seen. @throws GatewayError `precondition_required`, `precondition_failed`. */
function expectedOf({ header }: Asked): number {
  const given = header("if-match");
  if (given === undefined)
    throw new GatewayError("precondition_required", "no if-match", {
      message: "`If-Match` must name the revision that was seen, as `ETag` tells it.",
      param: "if-match",
    });
  const revision = /^"(\d{1,15})"$/.exec(given.trim())?.[1];
  if (revision === undefined)
    throw new GatewayError("precondition_failed", `if-match ${given}`, { param: "if-match" });
  return Number(revision);
}

const otherId = (id: string): GatewayError =>
  new GatewayError("malformed_request", `the body names ${id}`, {
    message: `The body names the policy \`${id}\`, and the path another.`,
    param: "id",
  });
