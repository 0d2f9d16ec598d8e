import { type Operator, reaches } from "../exchange/operator.ts";
import type { Control } from "../gateway/control.ts";
import type { Answers } from "./answer.ts";
import { missing } from "./missing.ts";
import { components } from "./schemas.ts";
import type { signingKeyRoutes } from "./signing-key-routes.ts";

type SigningKeyAnswers = Pick<Answers, keyof typeof signingKeyRoutes>;

/** The keys by which requests are signed: each belongs to whom its client key does. */
export function signingKeyAnswers({
  signingKeys,
  keys,
}: Pick<Control, "signingKeys" | "keys">): SigningKeyAnswers {
  const isWithin = (by: Operator, clientKeyId: string): boolean =>
    by.tenant === undefined || keys.list().some((key) => key.id === clientKeyId && reaches(by, key));
  const seenBy = (by: Operator) => signingKeys.list().filter(({ clientKeyId }) => isWithin(by, clientKeyId));
  return {
    listSigningKeys: ({ operator }) => ({ data: { keys: seenBy(operator) } }),
    createSigningKey: async ({ operator, body }) => {
      const wanted = await body(components.WantedSigningKey);
      if (!isWithin(operator, wanted.clientKeyId)) missing("client key");
      return { data: await signingKeys.create(wanted) };
    },
    revokeSigningKey: async ({ name, operator }) => {
      if (!seenBy(operator).some(({ id }) => id === name)) missing("signing key");
      return { data: (await signingKeys.revoke(name)) ?? missing("signing key") };
    },
  };
}
