import { type AdminRole, adminRoles, type Operator, type Reach } from "../exchange/operator.ts";
import { GatewayError } from "../kernel/errors.ts";
import { base62 } from "../kernel/ids.ts";
import { isJsonObject, type Json } from "../kernel/json.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import type { Passwords } from "../ports/passwords.ts";
import type { Random } from "../ports/random.ts";

/** Somebody on the admin side, as the admin API shows them. */
export interface ShownOperator extends Operator {
  readonly hasPassword: boolean;
  /** The last four characters of their token; `null`: they have none. */
  readonly tokenHint: string | null;
  readonly isDisabled: boolean;
  readonly createdAt: number;
  /** The id of who made them. */
  readonly createdBy: string;
  /** ms since 1970; `null`: never. */
  readonly expiresAt: number | null;
}

/** As they are kept: of password and token no more than what tells them again. */
interface KeptOperator extends Omit<ShownOperator, "hasPassword"> {
  readonly passwordHash: string | null;
  readonly tokenDigest: string | null;
}

/** What may be set of somebody. */
export interface OperatorWish extends Reach {
  readonly name: string;
  readonly role: AdminRole;
  readonly expiresAt?: number | null;
  readonly isDisabled?: boolean;
  /** Absent: it stays as it is; of somebody new: none. */
  readonly password?: string;
}

/** Who uses the admin API, and the ways in. */
export interface Operators {
  /** By their token; `undefined`: nobody who may. */
  readonly byToken: (token: string) => Operator | undefined;
  /** As they are now; `undefined`: they may no more. */
  readonly byId: (id: string) => Operator | undefined;
  readonly byPassword: (name: string, password: string) => Promise<Operator | undefined>;
  /** What they may do and are known by, in one text; "" of nobody here. A session ends when it becomes another. */
  readonly standing: (id: string) => string;
  readonly control: OperatorControl;
}

export interface OperatorControl {
  readonly list: () => readonly ShownOperator[];
  /** @throws GatewayError `conflict` for a name that is taken. */
  readonly create: (wish: OperatorWish, by: string) => Promise<ShownOperator>;
  /** `undefined`: there is nobody of this id. */
  readonly update: (id: string, wish: OperatorWish) => Promise<ShownOperator | undefined>;
  /** A new token in the place of the one they had; it is shown here and nowhere else. */
  readonly giveToken: (
    id: string,
  ) => Promise<{ readonly token: string; readonly operator: ShownOperator } | undefined>;
  readonly remove: (id: string) => Promise<boolean>;
}

const collection = "operators";
const passwordLengthMin = 12;
const passwordLengthMax = 1000;

export async function openOperators(parts: {
  readonly documents: DocumentStore;
  readonly passwords: Passwords;
  /** HMAC under the installation's secret. */
  readonly digestOf: (text: string) => string;
  readonly clock: Clock;
  readonly random: Random;
}): Promise<Operators> {
  const { documents, passwords, digestOf, clock, random } = parts;
  let known: ReadonlyMap<string, KeptOperator> = new Map(
    (await documents.list(collection)).map(({ id, body }) => [id, operatorOf(id, body)]),
  );
  const keep = async (operator: KeptOperator): Promise<ShownOperator> => {
    await documents.change(collection, [{ id: operator.id, body: bodyOf(operator) }]);
    known = new Map([...known, [operator.id, operator]]);
    return shown(operator);
  };
  const live = (found: KeptOperator | undefined): Operator | undefined => {
    if (found === undefined || found.isDisabled) return undefined;
    return found.expiresAt !== null && found.expiresAt <= clock.now() ? undefined : plain(found);
  };
  const checkName = (name: string, id: string): void => {
    const isTaken = known.values().some((other) => other.name === name && other.id !== id);
    if (isTaken || name === "root") {
      const message = `The name \`${name}\` is taken.`;
      throw new GatewayError("conflict", "name of an operator", { message, param: "name" });
    }
  };
  const wished = async (
    id: string,
    wish: OperatorWish,
  ): Promise<Omit<KeptOperator, "createdAt" | "createdBy" | "tokenDigest" | "tokenHint">> => {
    checkName(wish.name, id);
    const { password, name, role, tenant, project, expiresAt = null, isDisabled = false } = wish;
    if (password !== undefined) checkPassword(password);
    return {
      ...{ id, name, role, expiresAt, isDisabled },
      ...(tenant === undefined ? {} : { tenant }),
      ...(project === undefined ? {} : { project }),
      passwordHash:
        password === undefined ? (known.get(id)?.passwordHash ?? null) : await passwords.hash(password),
    };
  };
  return {
    byToken: (token) => {
      // Digests are compared, not the secrets: where a look-up stops early tells nothing about the secret itself.
      const digest = digestOf(token);
      return live(known.values().find(({ tokenDigest }) => tokenDigest === digest));
    },
    byId: (id) => live(known.get(id)),
    standing: (id) => {
      const found = known.get(id);
      if (found === undefined) return "";
      const { role, tenant = "", project = "", passwordHash } = found;
      return [role, tenant, project, passwordHash].join("\n");
    },
    byPassword: async (name, password) => {
      const found = known.values().find((operator) => operator.name === name);
      const isRight = await passwords.verify(password.slice(0, passwordLengthMax), found?.passwordHash ?? "");
      // The password may have become another while this one was looked at.
      const now = found && known.get(found.id);
      return isRight && now?.passwordHash === found?.passwordHash ? live(now) : undefined;
    },
    control: {
      list: () => [...known.values()].map(shown),
      create: async (wish, by) => {
        const id = `op_${base62(random.bytes(9))}`;
        const made = await wished(id, wish);
        return keep({ ...made, createdAt: clock.now(), createdBy: by, tokenDigest: null, tokenHint: null });
      },
      update: async (id, wish) => {
        const before = known.get(id);
        if (before === undefined) return undefined;
        const { createdAt, createdBy, tokenDigest, tokenHint } = before;
        return keep({ ...(await wished(id, wish)), createdAt, createdBy, tokenDigest, tokenHint });
      },
      giveToken: async (id) => {
        const before = known.get(id);
        if (before === undefined) return undefined;
        const token = `so-${base62(random.bytes(32))}`;
        const operator = await keep({ ...before, tokenDigest: digestOf(token), tokenHint: token.slice(-4) });
        return { token, operator };
      },
      remove: async (id) => {
        if (!known.has(id)) return false;
        await documents.change(collection, [{ id }]);
        known = new Map([...known].filter(([other]) => other !== id));
        return true;
      },
    },
  };
}

function checkPassword(password: string): void {
  if (password.length >= passwordLengthMin && password.length <= passwordLengthMax) return;
  throw new GatewayError("malformed_request", "password of an operator", {
    message: `A password has ${passwordLengthMin} to ${passwordLengthMax} characters.`,
    param: "password",
  });
}

const plain = ({ id, name, role, tenant, project }: Operator): Operator => ({
  ...{ id, name, role },
  ...(tenant === undefined ? {} : { tenant }),
  ...(project === undefined ? {} : { project }),
});

const shown = (operator: KeptOperator): ShownOperator => ({
  ...plain(operator),
  hasPassword: operator.passwordHash !== null,
  tokenHint: operator.tokenHint,
  isDisabled: operator.isDisabled,
  createdAt: operator.createdAt,
  createdBy: operator.createdBy,
  expiresAt: operator.expiresAt,
});

const bodyOf = ({ id: _id, tenant, project, ...rest }: KeptOperator): Json => ({
  ...rest,
  tenant: tenant ?? null,
  project: project ?? null,
});

/** Who cannot be read may nothing, and is listed all the same. */
function operatorOf(id: string, body: Json): KeptOperator {
  const kept = isJsonObject(body) ? body : {};
  const textIn = (name: string): string | null => {
    const value = kept[name];
    return typeof value === "string" ? value : null;
  };
  const numberIn = (name: string): number | null => {
    const value = kept[name];
    return typeof value === "number" ? value : null;
  };
  const role = adminRoles.find((known) => known === kept["role"]);
  const [tenant, project] = [textIn("tenant"), textIn("project")];
  return {
    id,
    name: textIn("name") ?? id,
    role: role ?? "analyst",
    ...(tenant === null ? {} : { tenant }),
    ...(project === null ? {} : { project }),
    passwordHash: textIn("passwordHash"),
    tokenDigest: textIn("tokenDigest"),
    tokenHint: textIn("tokenHint"),
    isDisabled: kept["isDisabled"] !== false || role === undefined,
    createdAt: numberIn("createdAt") ?? 0,
    createdBy: textIn("createdBy") ?? "",
    expiresAt: numberIn("expiresAt"),
  };
}
