import type { Control, ShownOperator } from "../gateway/control.ts";
import { openOperators } from "../gateway/operators.ts";
import { createMemoryDocumentStore, createSeededRandom } from "../platform/memory/index.ts";
import type { Clock } from "../ports/clock.ts";

/** Operators of a test, kept in memory; a password is kept as it is. */
export const memoryOperators = (clock: Clock) =>
  openOperators({
    documents: createMemoryDocumentStore(),
    passwords: {
      hash: (password) => Promise.resolve(`plain$${password}`),
      verify: (password, hash) => Promise.resolve(hash === `plain$${password}`),
    },
    digestOf: (text) => `digest of ${text}`,
    clock,
    random: createSeededRandom(7),
  });

/** Somebody, as the control interface tells it. */
export const sampleOperator: ShownOperator = {
  ...{ id: "op_1", name: "ada", role: "admin", tenant: "acme" },
  ...{ hasPassword: true, tokenHint: "wxyz", isDisabled: false },
  ...{ createdAt: 1_767_225_600_000, createdBy: "root", expiresAt: null },
};

/** Where there is one operator for ever. */
export const sampleOperators: Control["operators"] = {
  list: () => [sampleOperator],
  create: (wish) => Promise.resolve({ ...sampleOperator, id: "op_2", name: wish.name, role: wish.role }),
  update: (_id, wish) => Promise.resolve({ ...sampleOperator, name: wish.name }),
  giveToken: () => Promise.resolve({ token: "so-shown-once", operator: sampleOperator }),
  remove: () => Promise.resolve(true),
};
