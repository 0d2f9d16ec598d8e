import {
  type Budget,
  type BudgetRules,
  type BudgetSettings,
  budgetId,
  budgetOf,
  budgetRules,
} from "../capabilities/budget/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import type { Logger } from "../ports/logger.ts";
import { budgetCollection, type OpenLedger } from "./ledger.ts";

/** A budget, and where it is from. */
export interface Listed {
  readonly budget: Budget;
  readonly rules: BudgetRules;
  readonly source: "file" | "set";
}

/** The budgets of the configuration and those that were set while the gateway ran. Where both name one the file counts. */
export interface BudgetList {
  readonly all: () => readonly Listed[];
  readonly find: (id: string) => Listed | undefined;
  readonly configure: (settings: Pick<BudgetSettings, "byId">) => void;
  /** On the disk before it counts. @throws GatewayError `malformed_request`, `conflict`, `storage_unavailable` */
  readonly set: (id: string, written: unknown) => Promise<void>;
  readonly remove: (id: string) => Promise<boolean>;
}

export function createBudgetList(
  {
    documents,
    ledger,
    logger,
  }: {
    readonly documents: Pick<DocumentStore, "change">;
    readonly ledger: Pick<OpenLedger, "set">;
    readonly logger: Pick<Logger, "warn">;
  },
  initial: Pick<BudgetSettings, "byId">,
): BudgetList {
  const set = new Map<string, Listed>();
  for (const { id, body } of ledger.set) {
    const read = budgetRules.safeParse(body);
    if (read.success) set.set(id, { budget: budgetOf(id, read.data), rules: read.data, source: "set" });
    else logger.warn("a budget that was set cannot be read, and does not count", { budget: id });
  }
  let file = new Map<string, Listed>();
  const configure = ({ byId }: Pick<BudgetSettings, "byId">): void => {
    file = new Map(
      Object.entries(byId).map(([id, rules]) => [id, { budget: budgetOf(id, rules), rules, source: "file" }]),
    );
  };
  const notOfFile = (id: string): void => {
    if (!file.has(id)) return;
    throw new GatewayError("conflict", `budget ${id} stands in the configuration`, {
      message: `The budget \`${id}\` stands in the configuration file; change it there.`,
    });
  };
  configure(initial);
  return {
    all: () => [...file.values(), ...[...set.values()].filter(({ budget }) => !file.has(budget.id))],
    find: (id) => file.get(id) ?? set.get(id),
    configure,
    set: async (id, written) => {
      const rules = readRules(id, written);
      notOfFile(id);
      await documents.change(budgetCollection, [{ id, body: rules }]);
      set.set(id, { budget: budgetOf(id, rules), rules, source: "set" });
    },
    remove: async (id) => {
      notOfFile(id);
      if (!set.has(id)) return false;
      await documents.change(budgetCollection, [{ id }]);
      return set.delete(id);
    },
  };
}

function readRules(id: string, written: unknown): BudgetRules {
  const named = budgetId.safeParse(id);
  if (!named.success) throw notTaken(`its name ${named.error.issues[0]?.message ?? "is none"}`, "id");
  const read = budgetRules.safeParse(written);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path.map(String).join(".") ?? "";
  throw notTaken(`${path === "" ? "it" : `\`${path}\``}: ${issue?.message ?? "is none"}`, path);
}

const notTaken = (fault: string, param: string): GatewayError =>
  new GatewayError("malformed_request", fault, { message: `The budget is not taken: ${fault}.`, param });
