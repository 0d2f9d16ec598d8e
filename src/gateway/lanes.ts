import { type ClientDialect, type Lane, type OwnDialect, purposeOf } from "../exchange/dialect.ts";
import type { Endpoint } from "../exchange/target.ts";

/** How clients of one dialect reach a provider. */
export interface ClientLane {
  readonly dialect: ClientDialect;
  /** `none`: nothing that the provider speaks serves the purpose of this dialect. */
  readonly lane: Extract<Lane, "bytes" | "canonical"> | "none";
}

const clientDialects: Readonly<Record<Exclude<ClientDialect, OwnDialect>, true>> = {
  "openai-chat": true,
  "openai-responses": true,
  "anthropic-messages": true,
  "gemini-generate": true,
  "openai-embeddings": true,
  "anthropic-count": true,
};

/**
 * The lane of each client dialect: who speaks what the provider speaks gets the provider's own bytes, who asks for the
 * same in another dialect a translation. As door 6 decides it.
 */
export function lanesOf(endpoints: readonly Pick<Endpoint, "codec">[]): readonly ClientLane[] {
  return dialects.map((dialect) => {
    const fitting = endpoints.filter(({ codec }) => purposeOf(codec.dialect) === purposeOf(dialect));
    const isSpoken = fitting.some(({ codec }) => codec.dialect === dialect);
    return { dialect, lane: isSpoken ? "bytes" : fitting.length > 0 ? "canonical" : "none" };
  });
}

const isClientDialect = (name: string): name is keyof typeof clientDialects =>
  Object.hasOwn(clientDialects, name);
const dialects = Object.keys(clientDialects).filter(isClientDialect);
