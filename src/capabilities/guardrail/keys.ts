import { crc32 } from "../../framing/crc32.ts";
import type { BuiltInKind } from "./finding.ts";
import {
  codeAt,
  isHex,
  isUpper,
  isUrlSafe,
  isWord,
  type Match,
  runFrom,
  type Source,
  standsAt,
} from "./source.ts";

/** What a provider's keys look like: a beginning, then so many characters of a set. */
interface KeyShape {
  readonly begins: string;
  readonly fits: (code: number) => boolean;
  readonly least: number;
  /** Absent: as many as `least`. */
  readonly most?: number;
  /** Runs on to a character that is none of the set. Absent: yes. */
  readonly isCut?: boolean;
}

const isKeyUpper = (code: number): boolean => isUpper(code) || (code >= 0x32 && code <= 0x37);
const isDotted = (code: number): boolean => isUrlSafe(code) || code === 0x2e;
const key = (begins: string, fits: KeyShape["fits"], least: number, most = least): KeyShape => ({
  begins,
  fits,
  least,
  most,
});

/**
 * Source: the providers' own documentation of their keys, and what their secret scanning partners publish (AWS IAM
 * identifiers, Google API keys, OpenAI, Anthropic, Slack, Stripe, GitLab, npm, PyPI, Hugging Face and others).
 */
const shapes: readonly KeyShape[] = [
  ...["AKIA", "ASIA", "ABIA", "ACCA"].map((begins) => key(begins, isKeyUpper, 16)),
  key("AIza", isUrlSafe, 35),
  key("GOCSPX-", isUrlSafe, 28),
  key("ya29.", isUrlSafe, 30, 200),
  key("sk-ant-", isUrlSafe, 40, 180),
  key("sk-proj-", isUrlSafe, 40, 180),
  key("sk-svcacct-", isUrlSafe, 40, 180),
  key("sk-admin-", isUrlSafe, 40, 180),
  key("sk-or-v1-", isHex, 64),
  key("sk-", isWord, 32, 64),
  ...["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-"].map((begins) =>
    key(begins, isUrlSafe, 20, 180),
  ),
  ...["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"].map((begins) => key(begins, isWord, 16, 180)),
  key("SG.", isDotted, 66),
  key("npm_", isWord, 36),
  key("pypi-AgEIcHlwaS5vcmc", isUrlSafe, 50, 200),
  ...["glpat-", "gldt-", "glrt-", "glcbt-"].map((begins) => key(begins, isUrlSafe, 20, 60)),
  key("hf_", isWord, 34, 40),
  ...["dop_v1_", "doo_v1_", "dor_v1_"].map((begins) => key(begins, isHex, 64)),
  ...["shpat_", "shpca_", "shppa_", "shpss_"].map((begins) => key(begins, isHex, 32)),
  key("gsk_", isWord, 48, 60),
  key("xai-", isWord, 60, 90),
  key("r8_", isWord, 36, 40),
  key("pplx-", isWord, 40, 60),
  key("dapi", isHex, 32),
  key("tskey-", isUrlSafe, 20, 80),
  key("hvs.", isUrlSafe, 20, 180),
  key("lin_api_", isWord, 40),
  key("ntn_", isWord, 40, 50),
  key("PMAK-", isUrlSafe, 59),
  key("github_pat_", isUrlSafe, 82),
  key("EAAC", isWord, 60, 200),
  key("SK", isHex, 32),
];

const byFirst = new Map<number, KeyShape[]>();
for (const shape of shapes) {
  const first = shape.begins.charCodeAt(0);
  byFirst.set(first, [...(byFirst.get(first) ?? []), shape]);
}

/** Letters with which a key of anybody may begin. */
export const mayBeKey = (code: number): boolean => byFirst.has(code);

export function providerKeyAt(source: Source, at: number): Match<BuiltInKind> | undefined {
  for (const { begins, fits, least, most = least } of byFirst.get(codeAt(source, at)) ?? []) {
    if (!standsAt(source, at, begins)) continue;
    const from = at + begins.length;
    const end = runFrom(source, from, fits, most + 1);
    const length = end - from;
    if (length >= least && length <= most && !isWord(codeAt(source, end)))
      return { kind: "provider-key", end, score: 0.98 };
  }
  return undefined;
}

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A CRC-32 as six digits of base 62. */
export function checksumOf(text: string): string {
  let rest = crc32(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  let written = "";
  for (let place = 0; place < 6; place += 1) {
    written = (digits[rest % 62] ?? "") + written;
    rest = Math.floor(rest / 62);
  }
  return written;
}

/** `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_`: thirty characters and the CRC-32 of them. Source: GitHub, "Behind GitHub's new authentication token formats". */
export function githubTokenAt(source: Source, at: number): Match<BuiltInKind> | undefined {
  if (!standsAt(source, at, "gh") || !/^gh[oprsu]_$/.test(source.text.slice(at, at + 4))) return undefined;
  const end = runFrom(source, at + 4, isWord, 37);
  if (end - at !== 40) return undefined;
  const token = source.text.slice(at + 4, end);
  return checksumOf(token.slice(0, 30)) === token.slice(30)
    ? { kind: "github-token", end, score: 1 }
    : undefined;
}

const ownKey = /^sp-[0-9A-Za-z]{12}-[0-9A-Za-z]{49}$/;
const ownLength = 3 + 12 + 1 + 49;

/** The gateway's own keys: the last six characters are the CRC-32 of all before them. */
export function gatewayKeyAt(source: Source, at: number): Match<BuiltInKind> | undefined {
  if (!standsAt(source, at, "sp-")) return undefined;
  const end = runFrom(source, at, isUrlSafe, ownLength + 1);
  const text = source.text.slice(at, end);
  if (!ownKey.test(text)) return undefined;
  return checksumOf(text.slice(0, -6)) === text.slice(-6)
    ? { kind: "gateway-key", end, score: 1 }
    : undefined;
}
