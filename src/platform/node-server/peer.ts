import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { epochMs } from "../../kernel/units.ts";
import type { ClientCertificate } from "../../ports/server.ts";

/** Who is at the other end of a connection, and how it came. */
export interface Peer {
  readonly address: string;
  readonly localPort: number;
  readonly scheme: "http" | "https";
  readonly certificate?: ClientCertificate;
}

/** Peers of connections; the entry of a connection goes with it. */
export interface Peers {
  readonly of: (socket: Socket) => Peer;
  /** What a PROXY header says of it. */
  readonly tell: (socket: Socket, address: string) => void;
}

export function createPeers(): Peers {
  const known = new WeakMap<Socket, Peer>();
  /** By the ends of the connection: TLS makes another object of the same one. */
  const told = new Map<string, string>();
  return {
    of: (socket) => {
      const found = known.get(socket);
      if (found !== undefined) return found;
      const certificate = socket instanceof TLSSocket ? certificateOf(socket) : undefined;
      const peer: Peer = {
        address: (told.size === 0 ? undefined : told.get(endsOf(socket))) ?? socket.remoteAddress ?? "",
        localPort: socket.localPort ?? 0,
        scheme: socket instanceof TLSSocket ? "https" : "http",
        ...(certificate === undefined ? {} : { certificate }),
      };
      known.set(socket, peer);
      return peer;
    },
    tell: (socket, address) => {
      const ends = endsOf(socket);
      told.set(ends, address);
      socket.once("close", () => told.delete(ends));
    },
  };
}

const endsOf = ({ remoteAddress, remotePort, localAddress }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress}`;

function certificateOf(socket: TLSSocket): ClientCertificate | undefined {
  if (!socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return {
    subject: certificate.subject,
    altNames: altNamesOf(certificate.subjectAltName ?? ""),
    fingerprint: certificate.fingerprint256,
    validUntil: epochMs(certificate.validToDate.getTime()),
  };
}

/**
 * The names of a certificate as Node prints them, apart. One with a comma or a quote in it stands in quotes, so that nothing
 * in it reads like a name of its own (CVE-2021-44532); such a name is nobody's.
 */
export const altNamesOf = (printed: string): readonly string[] =>
  (printed.match(/(?:[^",]|"(?:[^"\\]|\\.)*")+/g) ?? [])
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.includes('"'));
