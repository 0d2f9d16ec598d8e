import type { Server } from "node:net";
import { GatewayError } from "../../kernel/errors.ts";

/**
 * @returns The port that it listens on.
 * @throws GatewayError `internal` with a public sentence when the address cannot be had (port in use, no permission).
 */
export function bind(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = whyNotBound(error, host, port);
      reject(new GatewayError("internal", why, { message: why, cause: error }));
    });
    server.listen({ host, port, backlog: 4096 }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function whyNotBound({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  const choose = "(`--port`, `--admin-port`; 0 takes any free one)";
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is in use; stop the other program or choose another port ${choose}`;
    case "EACCES":
      return `this user may not listen on port ${port}; choose one above 1023 ${choose}`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `this machine has no address ${host}; \`server.host\` and \`admin.host\` say where to listen`;
    default:
      return `cannot listen on ${host}:${port} (${code ?? message})`;
  }
}
