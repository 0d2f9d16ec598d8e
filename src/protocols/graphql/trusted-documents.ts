import { GatewayError } from "../../kernel/errors.ts";
import { createLru } from "../../kernel/lru.ts";
import { plainId, type Sha256 } from "./manifest.ts";
import { type GraphqlParams, persistedHash, refuseBody } from "./params.ts";

/** `off`: ids are a convenience. `log`: so, and what is not trusted is noted. `enforce`: nothing else is run. */
export type TrustedMode = "off" | "log" | "enforce";

export interface TrustedSettings {
  readonly mode: TrustedMode;
  /** By plain id, of `readManifest`. */
  readonly documents: ReadonlyMap<string, string>;
  /** What clients may register, in bytes. */
  readonly registeredBytesMax?: number;
}

export type ResolvedDocument =
  | {
      readonly kind: "document";
      readonly text: string;
      readonly origin: "trusted" | "registered" | "free";
    }
  /** Answer with `encodeUnknownDocument`: 404. */
  | { readonly kind: "unknown" };

/** Finds the text that a request asks for; one for each route. */
export interface DocumentStore {
  /** @throws GatewayError `policy_denied` for free text under `enforce`, `malformed_request` when id and text differ. */
  readonly resolve: (params: GraphqlParams) => ResolvedDocument;
  readonly registered: () => { readonly entries: number; readonly bytes: number };
}

const registeredBytesDefault = 4 * 1024 * 1024;

/**
 * Trusted documents by `documentId` or by Apollo's `extensions.persistedQuery.sha256Hash`. Outside `enforce` a client may
 * send text and hash together once, and the hash alone from then on (automatic persisted queries).
 *
 * @param sha256 Hexadecimal, of a text in UTF-8.
 */
export function createDocumentStore(settings: TrustedSettings, sha256: Sha256): DocumentStore {
  const { mode, documents } = settings;
  const registered = createLru<string>(settings.registeredBytesMax ?? registeredBytesDefault);

  function find(id: string): ResolvedDocument {
    const plain = plainId(id);
    const trusted = documents.get(plain);
    if (trusted !== undefined) return { kind: "document", text: trusted, origin: "trusted" };
    const text = mode === "enforce" ? undefined : registered.get(plain);
    return text === undefined ? { kind: "unknown" } : { kind: "document", text, origin: "registered" };
  }

  function takeText(text: string, id: string | undefined): ResolvedDocument {
    if (mode === "enforce") {
      throw new GatewayError("policy_denied", "a document that is not trusted", {
        message: "This route runs trusted documents alone: send the id of one.",
      });
    }
    if (id === undefined) return { kind: "document", text, origin: "free" };
    const plain = plainId(id);
    const known = documents.get(plain);
    if (known === text) return { kind: "document", text, origin: "trusted" };
    if (known !== undefined || sha256(text) !== plain) refuseBody("the id is not that of `query`");
    registered.set(plain, text, 2 * (text.length + plain.length));
    return { kind: "document", text, origin: "registered" };
  }

  return {
    resolve(params) {
      const id = params.documentId ?? persistedHash(params.extensions);
      if (params.query !== undefined) return takeText(params.query, id);
      return id === undefined ? refuseBody("`query` is missing", "query") : find(id);
    },
    registered: registered.size,
  };
}
