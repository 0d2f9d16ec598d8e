import { describe, expect, it } from "vitest";
import {
  createMemoryDocumentStore,
  createSeededRandom,
  createVirtualTime,
} from "../platform/memory/index.ts";
import { type OperatorWish, openOperators } from "./operators.ts";
import { createSessions } from "./sessions.ts";

const password = "correct horse battery";
const ada: OperatorWish = { name: "ada", role: "admin", tenant: "acme" };

/** Sessions over real operators; `looking` passwords are looked at until they are answered. */
async function openSessions() {
  const { clock } = createVirtualTime();
  const looking: (() => void)[] = [];
  const digestOf = (text: string): string => `digest of ${text}`;
  const operators = await openOperators({
    documents: createMemoryDocumentStore(),
    passwords: {
      hash: (text) => Promise.resolve(`plain$${text}`),
      verify: (text, hash) => new Promise((resolve) => looking.push(() => resolve(hash === `plain$${text}`))),
    },
    digestOf,
    clock,
    random: createSeededRandom(7),
  });
  const random = createSeededRandom(3);
  const sessions = createSessions({ clock, random, digestOf, adminToken: "admin", operators });
  const { id } = await operators.control.create({ ...ada, password }, "root");
  const answerAll = (): void => {
    for (const answer of looking.splice(0)) answer();
  };
  const signIn = async (name: string, text: string) => {
    const opening = sessions.signIn(name, text);
    answerAll();
    return await opening;
  };
  return { sessions, operators, id, looking, answerAll, signIn };
}

describe("sessions of operators", () => {
  it.for<{ readonly what: string; readonly change: Partial<OperatorWish> }>([
    { what: "another role", change: { role: "analyst" } },
    { what: "another reach", change: { tenant: "other" } },
    { what: "another password", change: { password: "quite another horse" } },
  ])("end with $what: who has one signs in anew", async ({ change }) => {
    const { sessions, operators, id, signIn } = await openSessions();
    const { token = "" } = (await signIn("ada", password)) ?? {};
    await operators.control.update(id, { ...ada, name: "Ada" });
    expect(sessions.whoIs(token)).toMatchObject({ name: "Ada" });
    await operators.control.update(id, { ...ada, ...change });
    expect(sessions.whoIs(token)).toBeUndefined();
    await operators.control.update(id, { ...ada, password });
    expect(sessions.whoIs(token)).toBeUndefined();
  });

  it("one name is tried once at a time: many guesses at once are as slow as one after the other", async () => {
    const { sessions, looking, answerAll } = await openSessions();
    const guesses = Array.from({ length: 50 }, (_, count) => sessions.signIn("ada", `guess ${count}`));
    const told = Promise.allSettled(guesses);
    expect(looking).toHaveLength(1);
    answerAll();
    const outcomes = await told;
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: "rate_limited" } });
  });

  it("no more than 20 passwords wait to be looked at, whatever the names", async () => {
    const { sessions, looking, answerAll, signIn } = await openSessions();
    const guesses = Array.from({ length: 50 }, (_, count) => sessions.signIn(`name ${count}`, "guess"));
    const told = Promise.allSettled(guesses);
    expect(looking).toHaveLength(20);
    answerAll();
    await told;
    expect(await signIn("ada", password)).toBeDefined();
  });
});
