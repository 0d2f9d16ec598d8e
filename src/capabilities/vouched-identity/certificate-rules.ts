import { fitsGlob } from "../../kernel/glob.ts";
import { isJsonObject, type JsonObject } from "../../kernel/json.ts";
import type { ClientCertificate } from "../../ports/server.ts";
import type { Vouched } from "./claim-rules.ts";
import { readScope } from "./scope-words.ts";
import type { CertificateSettings } from "./settings.ts";

type Certificate = Pick<ClientCertificate, "altNames" | "fingerprint" | "subject">;

/** Who brings a certificate, by the first rule that fits; `undefined`: nobody that is known. */
export function vouchedBy(
  certificate: Certificate,
  rules: readonly CertificateSettings[],
): (Vouched & { readonly name: string }) | undefined {
  const rule = rules.find((one) => fits(certificate, one));
  if (rule === undefined) return undefined;
  const { tenant, project, roles, scopes, models, priority } = rule;
  const subject = subjectOf(certificate, rule);
  const scope = readScope(scopes);
  return {
    subject,
    name: rule.name ?? subject,
    tenant,
    roles,
    scopes: scope === undefined ? [] : [scope],
    models: models.length === 0 ? [] : [models],
    ...(project === undefined ? {} : { project }),
    ...(priority === undefined ? {} : { priority }),
  };
}

function fits(certificate: Certificate, { uri, dns, fingerprint }: CertificateSettings): boolean {
  if (fingerprint !== undefined && bare(fingerprint) !== bare(certificate.fingerprint)) return false;
  if (uri !== undefined) {
    const uris = namesOf(certificate, "URI:");
    // A SPIFFE certificate has exactly one (X509-SVID, section 2): of two, nobody knows which one was meant.
    if (uris.length !== 1 || !uris.some((name) => fitsGlob(uri, name))) return false;
  }
  return (
    dns === undefined ||
    namesOf(certificate, "DNS:").some((name) => fitsGlob(dns.toLowerCase(), name.toLowerCase()))
  );
}

const namesOf = ({ altNames }: Certificate, kind: "URI:" | "DNS:"): readonly string[] =>
  altNames.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));

/** By what a certificate was known: no one may choose a subject by what no rule looked at. */
function subjectOf(certificate: Certificate, { uri, dns }: CertificateSettings): string {
  const known = [
    ...(uri === undefined ? [] : namesOf(certificate, "URI:")),
    ...(dns === undefined
      ? []
      : namesOf(certificate, "DNS:").filter((name) => fitsGlob(dns.toLowerCase(), name.toLowerCase()))),
  ];
  return known[0] ?? `sha256:${bare(certificate.fingerprint)}`;
}

const bare = (fingerprint: string): string => fingerprint.replaceAll(":", "").toLowerCase();

/**
 * Whether a token is in the hands of the one it was made for. One without `cnf` is anybody's who has it; one that names
 * a certificate needs that very certificate on the connection; any other way of proof is not known here, and so not proved.
 *
 * Source: RFC 8705, section 3.1; RFC 7800, section 3.1.
 */
export function isInRightHands(
  { cnf }: JsonObject,
  certificate: Pick<ClientCertificate, "fingerprint"> | undefined,
): boolean {
  if (cnf === undefined) return true;
  if (!isJsonObject(cnf) || Object.keys(cnf).some((name) => name !== "x5t#S256")) return false;
  return certificate !== undefined && cnf["x5t#S256"] === thumbprint(certificate.fingerprint);
}

/** A fingerprint in hex as RFC 8705 writes it: base64url. */
function thumbprint(fingerprint: string): string {
  const pairs = bare(fingerprint).match(/../g) ?? [];
  const binary = String.fromCharCode(...pairs.map((pair) => Number.parseInt(pair, 16)));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
