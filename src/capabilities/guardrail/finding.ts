/** What personal data and secrets are looked for, with the word that stands in their place. */
export const entityLabels = {
  email: "EMAIL",
  phone: "PHONE",
  card: "CARD",
  iban: "IBAN",
  "us-ssn": "US_SSN",
  "br-cpf": "BR_CPF",
  "br-cnpj": "BR_CNPJ",
  "es-dni": "ES_DNI",
  "es-nie": "ES_NIE",
  "fr-nir": "FR_NIR",
  "de-tax-id": "DE_TAX_ID",
  "it-codice-fiscale": "IT_CODICE_FISCALE",
  "nl-bsn": "NL_BSN",
  "pl-pesel": "PL_PESEL",
  "in-aadhaar": "IN_AADHAAR",
  ip: "IP",
  mac: "MAC",
  "crypto-address": "CRYPTO_ADDRESS",
  "provider-key": "PROVIDER_KEY",
  "github-token": "GITHUB_TOKEN",
  jwt: "JWT",
  "private-key": "PRIVATE_KEY",
  "gateway-key": "GATEWAY_KEY",
  "url-credentials": "URL_CREDENTIALS",
  "high-entropy": "SECRET",
} as const satisfies Record<string, string>;

export type BuiltInKind = keyof typeof entityLabels;
/** `custom:NAME` is a pattern of the configuration. */
export type EntityKind = BuiltInKind | `custom:${string}`;

/** A placeholder is what an earlier redaction has put in the place of a value. */
export type FoundKind = EntityKind | "placeholder";

export const isBuiltIn = (kind: string): kind is BuiltInKind => Object.hasOwn(entityLabels, kind);
export const builtInKinds: readonly BuiltInKind[] = Object.keys(entityLabels).filter(isBuiltIn);

const secretKinds: ReadonlySet<string> = new Set<BuiltInKind>([
  "provider-key",
  "github-token",
  "jwt",
  "private-key",
  "gateway-key",
  "url-credentials",
  "high-entropy",
]);
export const isSecret = (kind: string): boolean => secretKinds.has(kind);

/** The word in brackets that takes the place of a finding, without number. */
export const labelOf = (kind: FoundKind): string =>
  isBuiltIn(kind)
    ? entityLabels[kind]
    : kind
        .slice("custom:".length)
        .toUpperCase()
        .replaceAll(/[^A-Z0-9]+/g, "_");

/** Where something was found; never the text itself. Offsets are UTF-16 code units of the text as it came, `end` exclusive. */
export interface Finding {
  readonly kind: FoundKind;
  readonly start: number;
  readonly end: number;
  /** How certain it is, 0 to 1: 1 with a checksum that fits. */
  readonly score: number;
  readonly detector: string;
  /** Too long to be kept back to its end: what follows cannot be judged. */
  readonly isEndless?: boolean;
}
