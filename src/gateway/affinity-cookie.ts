import type { Random } from "../ports/random.ts";

/** The cookie by which who asks is known again, and a target is kept. */
export interface AffinityCookie {
  /** Who asks: of the cookie that it brought, or new. `setCookie`: what makes it known for an hour from now. */
  readonly unitOf: (cookies: string | undefined) => { readonly unit: string; readonly setCookie: string };
}

const name = "sallyport-affinity";
const maxAgeSeconds = 3600;
const idBytes = 12;
const markLength = 22;
const wanted = new RegExp(`(?:^|;\\s*)${name}=([A-Za-z0-9_-]{16})\\.([A-Za-z0-9_-]{${markLength}})(?:;|$)`);

/**
 * A random id with a keyed digest, so that nobody can make one up: it says nothing of who asks.
 *
 * @param digestOf Keyed; base64url of at least 22 characters.
 */
export function createAffinityCookie(random: Random, digestOf: (text: string) => string): AffinityCookie {
  const markOf = (id: string): string => digestOf(`affinity ${id}`).slice(0, markLength);
  return {
    unitOf: (cookies) => {
      const [, id, mark] = wanted.exec(cookies ?? "") ?? [];
      const isKnown = id !== undefined && mark === markOf(id);
      const unit = isKnown ? id : Buffer.from(random.bytes(idBytes)).toString("base64url");
      const attributes = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax`;
      return { unit, setCookie: `${name}=${unit}.${markOf(unit)}; ${attributes}` };
    },
  };
}
