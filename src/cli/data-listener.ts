import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { dirname, resolve } from "node:path";
import { createSecureContext } from "node:tls";
import type { ServerSettings as Configured } from "../config/server-settings.ts";
import { GatewayError } from "../kernel/errors.ts";
import { networkMatcher } from "../kernel/ip-network.ts";
import type { Listener, ServerSettings, TlsSettings } from "../platform/node-server/index.ts";
import type { Logger } from "../ports/logger.ts";

type TlsFiles = NonNullable<Configured["tls"]>;

/** How often certificates are looked at. */
const lookMs = 5000;

/** The same section with its files where they are: a relative path starts at the configuration file, as in references. */
export function withFilesBeside(server: Configured, configFile: string | undefined): Configured {
  const { tls } = server;
  if (tls === undefined || configFile === undefined) return server;
  const at = (file: string): string => resolve(dirname(configFile), file);
  const { certFile, keyFile, clientCaFile, crlFile } = tls;
  return {
    ...server,
    tls: {
      ...tls,
      certFile: at(certFile),
      keyFile: at(keyFile),
      ...(clientCaFile === undefined ? {} : { clientCaFile: at(clientCaFile) }),
      ...(crlFile === undefined ? {} : { crlFile: at(crlFile) }),
    },
  };
}

/**
 * How the data listener takes connections, by the `server` section.
 * @throws GatewayError `internal` with a public sentence when a file of `server.tls` cannot be read or used.
 */
export function dataListener({
  tls,
  http2,
  trustedProxies,
  proxyProtocol,
}: Configured): Pick<ServerSettings, "tls" | "http2" | "isTrusted" | "proxyProtocol"> {
  return {
    http2,
    isTrusted: networkMatcher(trustedProxies),
    proxyProtocol,
    ...(tls === undefined ? {} : { tls: readTls(tls) }),
  };
}

/** Renews what the listener proves itself with when one of its files changes. @returns How to stop. */
export function watchTls(tls: TlsFiles | undefined, listener: Listener, logger: Logger): () => void {
  if (tls === undefined) return () => undefined;
  const renew = (): void => {
    try {
      listener.renewTls(readTls(tls));
      logger.info("certificate renewed", { file: tls.certFile });
    } catch (thrown) {
      logger.error("the new certificate cannot be taken; the old one goes on", { fault: String(thrown) });
    }
  };
  const files = [tls.certFile, tls.keyFile, tls.clientCaFile, tls.crlFile].filter(
    (file) => file !== undefined,
  );
  for (const file of files) watchFile(file, { interval: lookMs, persistent: false }, renew);
  return () => {
    for (const file of files) unwatchFile(file, renew);
  };
}

function readTls(tls: TlsFiles): TlsSettings {
  const { certFile, keyFile, clientCaFile, crlFile, minVersion } = tls;
  const cert = read("certFile", certFile);
  const key = read("keyFile", keyFile);
  const clients = readClients(tls);
  const { clientCa, crl } = clients;
  try {
    createSecureContext({
      ...{ cert, key },
      ...(clientCa === undefined ? {} : { ca: clientCa }),
      ...(crl === undefined ? {} : { crl }),
    });
  } catch (cause) {
    const named = [certFile, keyFile, clientCaFile, crlFile];
    const files = named.filter((name) => name !== undefined).join(", ");
    const why = cause instanceof Error ? cause.message : "";
    const message = `\`server.tls\` cannot be used: ${files} must be PEM, and the key that of the certificate (${why})`;
    throw new GatewayError("internal", message, { message, cause });
  }
  return { cert, key, minVersion: minVersion === "1.3" ? "TLSv1.3" : "TLSv1.2", ...clients };
}

/** How clients are known by certificates; nothing where they are not asked for one. */
function readClients({
  clientCaFile,
  clientAuth,
  crlFile,
}: TlsFiles): Pick<TlsSettings, "clientCa" | "isClientCertOptional" | "crl"> {
  if (clientCaFile === undefined || clientAuth === "off") return {};
  return {
    clientCa: read("clientCaFile", clientCaFile),
    isClientCertOptional: clientAuth === "request",
    ...(crlFile === undefined ? {} : { crl: read("crlFile", crlFile) }),
  };
}

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const message = `\`server.tls.${setting}\` ${file} cannot be read`;
    throw new GatewayError("internal", message, { message, cause });
  }
}
