import type { InboundHandler, InboundRequest } from "../ports/server.ts";

/** What the probes of the data listener need to know. */
export interface ProbeState {
  readonly isDraining: () => boolean;
  /** The public keys of the gateway's own tokens: a JWK set. */
  readonly keySet: () => string;
}

const plain = ["content-type", "text/plain; charset=utf-8", "cache-control", "no-store"] as const;

/**
 * The data listener: probes are answered without a key and without a trace, everything else goes through the doors.
 * A provider or a store that is down never makes a node unready: that would push its load onto the others.
 */
export function dataPlane(handle: InboundHandler, state: ProbeState): InboundHandler {
  return (request) => {
    // Who asks for a socket by CONNECT would take the answer for one.
    switch (request.upgrade === undefined ? request.target : undefined) {
      case "/livez":
      case "/startupz":
        answerProbe(request, 200, "ok\n");
        return;
      case "/readyz":
        if (state.isDraining()) answerProbe(request, 503, "draining\n");
        else answerProbe(request, 200, "ok\n");
        return;
      case "/.well-known/sallyport/jwks.json":
        answerProbe(request, 200, state.keySet(), keySetHead);
        return;
      default:
        handle(request);
    }
  };
}

/** Services ask for it once in a while; a key is published a whole period before it signs. */
const keySetHead = [
  "content-type",
  "application/jwk-set+json",
  "cache-control",
  "public, max-age=3600",
] as const;

function answerProbe(
  { method, reply }: InboundRequest,
  status: number,
  text: string,
  head: readonly string[] = plain,
): void {
  if (method === "GET" || method === "HEAD") reply.whole(status, head, method === "HEAD" ? "" : text);
  else reply.whole(405, [...plain, "allow", "GET, HEAD"], "method not allowed\n");
}
