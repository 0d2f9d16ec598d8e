import { sessionCookie } from "./caller.ts";

/**
 * The header that gives a browser its session: out of reach of scripts, sent by our own pages only. `Secure` wherever
 * the browser came by TLS; the loopback listener has none.
 */
export function startedSession(
  session: { readonly token: string; readonly expiresAt: number },
  { now, isSecure }: { readonly now: number; readonly isSecure: boolean },
): readonly string[] {
  const seconds = Math.max(0, Math.floor((session.expiresAt - now) / 1000));
  return ["set-cookie", cookie(session.token, seconds) + (isSecure ? "; Secure" : "")];
}

/** The header that makes a browser forget its session. */
export const endedSession: readonly string[] = ["set-cookie", cookie("", 0)];

function cookie(value: string, seconds: number): string {
  return `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;
}
