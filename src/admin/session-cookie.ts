import { loopbackCookie, secureCookie } from "./caller.ts";

/**
 * The header that gives a browser its session: out of reach of scripts, sent by our own pages only. By TLS alone, and under
 * a name that only this host can set, wherever the browser is not on this very machine.
 */
export function startedSession(
  session: { readonly token: string; readonly expiresAt: number },
  { now, isSecure }: { readonly now: number; readonly isSecure: boolean },
): readonly string[] {
  const seconds = Math.max(0, Math.floor((session.expiresAt - now) / 1000));
  return ["set-cookie", cookie(session.token, seconds, isSecure)];
}

/** The header that makes a browser forget its session. */
export const endedSession = (isSecure: boolean): readonly string[] => ["set-cookie", cookie("", 0, isSecure)];

function cookie(value: string, seconds: number, isSecure: boolean): string {
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;
  return isSecure
    ? `${secureCookie}=${value}; ${attributes}; Secure`
    : `${loopbackCookie}=${value}; ${attributes}`;
}
