import { type Operator, reaches } from "../exchange/operator.ts";
import type { Control, ShownOperator } from "../gateway/control.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Answers } from "./answer.ts";
import { missing } from "./missing.ts";
import { mayGive } from "./roles.ts";
import { components } from "./schemas.ts";
import { checkEnd, endOf } from "./within.ts";

type OperatorAnswers = Pick<
  Answers,
  "listOperators" | "createOperator" | "updateOperator" | "giveOperatorToken" | "removeOperator"
>;

/** People and programs on the admin side: whoever makes or changes somebody has to have all that these get. */
export function operatorAnswers(control: Pick<Control, "operators">): OperatorAnswers {
  const { operators } = control;
  /** Somebody within the caller's reach; who lies beyond it does not exist. */
  const find = (id: string, by: Operator): ShownOperator => {
    const found =
      operators.list().find((known) => known.id === id && reaches(by, known)) ?? missing("operator");
    if (!mayGive(by.role, found.role)) throw beyond(by, found);
    checkEnd(endOf(control, by), found.expiresAt);
    return found;
  };
  return {
    listOperators: ({ operator }) => ({
      data: { operators: operators.list().filter((known) => reaches(operator, known)) },
    }),
    createOperator: async ({ operator, body }) => {
      const wish = await body(components.WantedOperator);
      checkWithin(operator, wish);
      checkEnd(endOf(control, operator), wish.expiresAt);
      return { data: await operators.create(wish, operator.id) };
    },
    updateOperator: async ({ name, operator, body }) => {
      find(name, operator);
      const wish = await body(components.WantedOperator);
      checkWithin(operator, wish);
      checkEnd(endOf(control, operator), wish.expiresAt);
      return { data: (await operators.update(name, wish)) ?? missing("operator") };
    },
    giveOperatorToken: async ({ name, operator }) => {
      find(name, operator);
      return { data: (await operators.giveToken(name)) ?? missing("operator") };
    },
    removeOperator: async ({ name, operator }) => {
      find(name, operator);
      await operators.remove(name);
      return { data: { isRemoved: true } };
    },
  };
}

/** @throws GatewayError `policy_denied`: nobody gives what he does not have. */
function checkWithin(by: Operator, wish: Pick<Operator, "role" | "tenant" | "project">): void {
  if (!mayGive(by.role, wish.role) || !reaches(by, wish)) throw beyond(by, wish);
}

const beyond = (by: Operator, { role }: Pick<Operator, "role">): GatewayError =>
  new GatewayError("policy_denied", `${by.id} (${by.role}) would make or change somebody of ${role}`, {
    message: "Nobody makes or changes somebody who may do more than they themselves.",
  });
