import { constants, createHmac, createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { RequestMessage, ResponseMessage, SignedMessage } from "../exchange/signed-message.ts";
import { Secret } from "../kernel/secret.ts";
import { parseItem } from "../kernel/structured-fields.ts";
import { signatureCrypto } from "../platform/request-signature/index.ts";
import type { SignatureAlgorithm } from "../ports/signature-crypto.ts";
import { contentDigestText, readContentDigest } from "./content-digest.ts";
import { joinedField, signedAuthority } from "./field-values.ts";
import { readComponent, signMessage } from "./sign-message.ts";
import { signatureBase } from "./signature-base.ts";
import { componentValue } from "./signature-component.ts";
import { readSignatures } from "./signature-fields.ts";

// Source: RFC 9421, appendix B.
const date = "Tue, 20 Apr 2021 02:07:55 GMT";
const requestDigest =
  "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
const responseDigest =
  "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:";
const request: RequestMessage = {
  method: "POST",
  scheme: "https",
  authority: "example.com",
  target: "/foo?param=Value&Pet=dog",
  path: "/foo",
  query: "param=Value&Pet=dog",
  fields: [
    ...["Host", "example.com", "Date", date, "Content-Type", "application/json"],
    ...["Content-Digest", requestDigest, "Content-Length", "18"],
  ],
};
const response: ResponseMessage = {
  status: 200,
  fields: [
    ...["Date", "Tue, 20 Apr 2021 02:07:56 GMT", "Content-Type", "application/json"],
    ...["Content-Digest", responseDigest, "Content-Length", "23"],
  ],
  request,
};
const clientCert =
  ":MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:";

const pem = (kind: string, base64: string): Secret =>
  new Secret(`-----BEGIN ${kind}-----\n${base64}\n-----END ${kind}-----\n`);
const rsaPss = pem(
  "PUBLIC KEY",
  `MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB`,
);
const eccPublic = pem(
  "PUBLIC KEY",
  `MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==`,
);
const eccPrivate = pem(
  "EC PRIVATE KEY",
  `MHcCAQEEIFKbhfNZfpDsW43+0+JjUr9K+bTeuxopu653+hBaXGA7oAoGCCqGSM49
AwEHoUQDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM
4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==`,
);
const edPublic = pem("PUBLIC KEY", "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=");
const edPrivate = pem("PRIVATE KEY", "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF");
const shared = Buffer.from(
  "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==",
  "base64",
);

type Check = (text: string, signature: Uint8Array) => boolean;
const by = (algorithm: SignatureAlgorithm, material: Secret): Check =>
  signatureCrypto.verifyingKey(algorithm, material).verify;
/** Not taken by the gateway; here so that all bases of the appendix are held against something. */
const byRsaPss: Check = (text, signature) =>
  verify(
    "sha512",
    Buffer.from(text),
    { key: createPublicKey(rsaPss.reveal()), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 },
    signature,
  );
/** A secret that is no text: the gateway's are. */
const byShared: Check = (text, signature) =>
  createHmac("sha256", shared).update(text).digest().equals(signature);

const transformed: RequestMessage = {
  method: "GET",
  scheme: "https",
  authority: "example.org",
  target: "/demo?name1=Value1&Name2=value2",
  path: "/demo",
  query: "name1=Value1&Name2=value2",
  fields: ["Host", "example.org", "Accept", "application/json", "Accept", "*/*"],
};
const transform = {
  input: 'transform=("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"',
  signature:
    "transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:",
  check: by("ed25519", edPublic),
};

interface Vector {
  readonly name: string;
  readonly message: SignedMessage;
  readonly input: string;
  readonly signature: string;
  readonly check: Check;
}

const vectors: readonly Vector[] = [
  {
    name: "B.2.1, rsa-pss-sha512, minimal",
    message: request,
    input: 'sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
    signature:
      "sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:",
    check: byRsaPss,
  },
  {
    name: "B.2.2, rsa-pss-sha512, selective",
    message: request,
    input:
      'sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"',
    signature:
      "sig-b22=:LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==:",
    check: byRsaPss,
  },
  {
    name: "B.2.3, rsa-pss-sha512, full",
    message: request,
    input:
      'sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"',
    signature:
      "sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:",
    check: byRsaPss,
  },
  {
    name: "B.2.4, ecdsa-p256-sha256, a response",
    message: response,
    input:
      'sig-b24=("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    signature:
      "sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==:",
    check: by("ecdsa-p256-sha256", eccPublic),
  },
  {
    name: "B.2.5, hmac-sha256",
    message: request,
    input: 'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    signature: "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
    check: byShared,
  },
  {
    name: "B.2.6, ed25519",
    message: request,
    input:
      'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    signature:
      "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
    check: by("ed25519", edPublic),
  },
  {
    name: "B.3, ecdsa-p256-sha256, behind a proxy that ends TLS",
    message: {
      ...request,
      authority: "service.internal.example",
      fields: ["Host", "service.internal.example", "Client-Cert", clientCert],
    },
    input:
      'ttrp=("@path" "@query" "@method" "@authority" "client-cert");created=1618884473;keyid="test-key-ecc-p256"',
    signature:
      "ttrp=:xVMHVpawaAC/0SbHrKRs9i8I3eOs5RtTMGCWXm/9nvZzoHsIg6Mce9315T6xoklyy0yzhD9ah4JHRwMLOgmizw==:",
    check: by("ecdsa-p256-sha256", eccPublic),
  },
  { name: "B.4, ed25519", message: transformed, ...transform },
  {
    name: "B.4, a field more",
    message: { ...transformed, fields: [...transformed.fields, "Accept-Language", "en-US"] },
    ...transform,
  },
  {
    name: "B.4, the lines of a field joined, its name in another case",
    message: { ...transformed, fields: ["aCCept", "application/json, */*"] },
    ...transform,
  },
  { name: "B.4, a query that is not covered", message: { ...transformed, query: "other" }, ...transform },
];

function baseOf({ message, input, signature }: Omit<Vector, "check" | "name">) {
  const [read] = readSignatures(input, signature) ?? [];
  if (read === undefined) throw new Error("no signature");
  const base = signatureBase(read.input, message);
  if ("fault" in base) throw new Error(base.fault);
  return { text: base.text, signature: read.signature };
}

describe("signatureBase", () => {
  it.for(vectors)("makes what was signed in $name", (vector) => {
    const { text, signature } = baseOf(vector);
    expect(vector.check(text, signature)).toBe(true);
    expect(vector.check(`${text} `, signature)).toBe(false);
  });

  it.for([
    { name: "another method", changes: { method: "POST" } },
    { name: "another host", changes: { authority: "example.com" } },
    {
      name: "the lines in another order",
      changes: { fields: ["Accept", "*/*", "Accept", "application/json"] },
    },
  ])("B.4: $name is something else", ({ changes }) => {
    const { text, signature } = baseOf({ ...transform, message: { ...transformed, ...changes } });
    expect(transform.check(text, signature)).toBe(false);
  });

  it("is the text of B.2.5", () => {
    expect(baseOf(vectors[4] ?? { message: request, input: "", signature: "" }).text).toBe(
      `"date": ${date}
"@authority": example.com
"content-type": application/json
"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"`,
    );
  });
});

describe("signMessage makes the signatures of the appendix", () => {
  it.for([
    {
      label: "sig-b25",
      names: ["date", "@authority", "content-type"],
      keyid: "test-shared-secret",
      vector: vectors[4],
    },
    {
      label: "sig-b26",
      names: ["date", "@method", "@path", "@authority", "content-type", "content-length"],
      keyid: "test-key-ed25519",
      vector: vectors[5],
    },
  ])("$label", ({ label, names, keyid, vector }) => {
    const sign =
      label === "sig-b26"
        ? signatureCrypto.signingKey("ed25519", edPrivate).sign
        : (text: string) => createHmac("sha256", shared).update(text).digest();
    const components = names.map((name) => readComponent(name) ?? expect.fail(name));
    const made = signMessage(request, {
      label,
      components,
      parameters: { created: 1_618_884_473, keyid },
      sign,
    });
    expect(made).toMatchObject({
      headers: ["signature-input", vector?.input, "signature", vector?.signature],
    });
  });

  it("ecdsa is verified, in 64 bytes", () => {
    const { sign } = signatureCrypto.signingKey("ecdsa-p256-sha256", eccPrivate);
    const signature = sign("text");
    expect(signature).toHaveLength(64);
    expect(by("ecdsa-p256-sha256", eccPublic)("text", signature)).toBe(true);
    expect(by("ecdsa-p256-sha256", eccPublic)("texT", signature)).toBe(false);
  });
});

describe("keys are of one algorithm", () => {
  it.for<[SignatureAlgorithm, Secret]>([
    ["ed25519", eccPublic],
    ["ecdsa-p256-sha256", edPublic],
    ["ecdsa-p256-sha256", rsaPss],
    ["ed25519", new Secret("sesame")],
    ["hmac-sha256", new Secret("")],
  ])("no key of %s", ([algorithm, material]) => {
    expect(() => signatureCrypto.verifyingKey(algorithm, material)).toThrow("malformed_request");
  });
});

// Source: RFC 9421, sections 2.1 and 2.2, examples.
describe("componentValue", () => {
  const message: RequestMessage = {
    ...request,
    method: "GET",
    target:
      "/path?param=value&foo=bar&baz=batman&qux=&var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something",
    path: "/path",
    query:
      "param=value&foo=bar&baz=batman&qux=&var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something",
    authority: "www.example.com",
    fields: [
      ...["Host", "www.example.com", "X-OWS-Header", "   Leading and trailing whitespace.   "],
      ...["X-Obs-Fold-Header", "Obsolete\r\n    line folding.", "Cache-Control", "max-age=60"],
      ...["Cache-Control", "   must-revalidate", "X-Empty-Header", "", "Priority", "u=2,  i;x"],
      ...[
        "Content-Digest",
        "a=1,    b=2;x=1;y=2,   c=(a   b   c)",
        "Set-Cookie",
        "a=b",
        "Set-Cookie",
        "c=d, e",
      ],
    ],
    trailers: ["Expires", "Wed, 9 Nov 2022 07:28:00 GMT"],
  };
  it.for([
    ['"host"', "www.example.com"],
    ['"x-ows-header"', "Leading and trailing whitespace."],
    ['"x-obs-fold-header"', "Obsolete line folding."],
    ['"cache-control"', "max-age=60, must-revalidate"],
    ['"x-empty-header"', ""],
    ['"content-digest";sf', "a=1, b=2;x=1;y=2, c=(a b c)"],
    ['"content-digest";key="a"', "1"],
    ['"content-digest";key="b"', "2;x=1;y=2"],
    ['"content-digest";key="c"', "(a b c)"],
    ['"priority";sf', "u=2, i;x"],
    ['"priority";key="i"', "?1;x"],
    ['"set-cookie";bs', ":YT1i:, :Yz1kLCBl:"],
    ['"expires";tr', "Wed, 9 Nov 2022 07:28:00 GMT"],
    ['"@method"', "GET"],
    ['"@scheme"', "https"],
    ['"@authority"', "www.example.com"],
    ['"@path"', "/path"],
    ['"@request-target"', message.target],
    ['"@target-uri"', `https://www.example.com${message.target}`],
    ['"@query"', `?${message.query}`],
    ['"@query-param";name="param"', "value"],
    ['"@query-param";name="qux"', ""],
    ['"@query-param";name="var"', "this%20is%20a%20big%0Amultiline%20value"],
    ['"@query-param";name="bar"', "with%20plus%20whitespace"],
    ['"@query-param";name="fa%C3%A7ade%22%3A%20"', "something"],
  ])("%s", ([component = "", value]) => {
    const item = parseItem(component);
    expect(item && componentValue(item, message)).toEqual({ value });
  });

  it.for([
    ['"x-absent"', "missing_component"],
    ['"content-digest";key="d"', "missing_component"],
    ['"cache-control";key="b"', "missing_component"],
    ['"expires"', "missing_component"],
    ['"cache-control";tr', "missing_component"],
    ['"@query-param";name="Param"', "missing_component"],
    ['"X-Ows-Header"', "malformed"],
    ['"cache-control";sf', "malformed"],
    ['"set-cookie";bs;sf', "malformed"],
    ['"set-cookie";bs;key="a"', "malformed"],
    ['"set-cookie";new', "malformed"],
    ['"set-cookie";bs=?0', "malformed"],
    ['"priority";key=i', "malformed"],
    ['"@method";sf', "malformed"],
    ['"@method";req', "malformed"],
    ['"@query-param"', "malformed"],
    ['"@query-param";name=a', "malformed"],
    ['"@status"', "malformed"],
    ['"@signature-params"', "malformed"],
    ['"@unknown"', "malformed"],
    ["host", "malformed"],
    ['""', "malformed"],
  ])("%s is %s", ([component = "", fault]) => {
    const item = parseItem(component);
    expect(item && componentValue(item, message)).toEqual({ fault });
  });

  it("a parameter that comes twice has no value", () => {
    const item = parseItem('"@query-param";name="a"');
    expect(item && componentValue(item, { ...message, query: "a=1&%61=2" })).toEqual({ fault: "malformed" });
  });

  it("an empty query is a question mark", () => {
    const item = parseItem('"@query"');
    expect(item && componentValue(item, { ...message, query: "" })).toEqual({ value: "?" });
  });

  it("of a response: its status, and what is marked as the request's", () => {
    const value = (component: string, of: ResponseMessage = response) => {
      const item = parseItem(component);
      return item && componentValue(item, of);
    };
    expect(value('"@status"')).toEqual({ value: "200" });
    expect(value('"@method";req')).toEqual({ value: "POST" });
    expect(value('"content-digest";req')).toEqual({ value: requestDigest });
    expect(value('"content-digest"')).toEqual({ value: responseDigest });
    expect(value('"@method"')).toEqual({ fault: "malformed" });
    expect(value('"@status";req')).toEqual({ fault: "malformed" });
    expect(value('"@method";req', { status: 200, fields: [] })).toEqual({ fault: "missing_component" });
  });

  it.for(["a\nb", "a\rb", "aĀ"])(
    "a value %j that could be read as something else is never signed",
    (value) => {
      const [read] = readSignatures('a=("x")', "a=:YQ==:") ?? [];
      expect(read && signatureBase(read.input, { ...message, fields: ["x", value] })).toEqual({
        fault: "malformed",
      });
    },
  );

  it("a component twice is malformed", () => {
    const [read] = readSignatures('a=("host" "host")', "a=:YQ==:") ?? [];
    expect(read && signatureBase(read.input, message)).toEqual({ fault: "malformed" });
  });
});

describe("readSignatures", () => {
  const many = (count: number, of: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => of(index));
  it("takes up to four, of up to 32 components", () => {
    const inputs = many(4, (index) => `s${index}=(${many(32, (name) => `"x${name}"`).join(" ")})`).join(", ");
    const signatures = many(4, (index) => `s${index}=:YQ==:`).join(", ");
    expect(readSignatures(inputs, signatures)).toHaveLength(4);
  });

  it.for([
    ["", ""],
    ["a=()", ""],
    ["", "a=:YQ==:"],
    ["a=()", "b=:YQ==:"],
    ["a", "a=:YQ==:"],
    ['a="x"', "a=:YQ==:"],
    ["a=()", "a=YQ"],
    ["a=()", "a=(:YQ==:)"],
    ["a=();created=1.5", "a=:YQ==:"],
    ['a=();created="1"', "a=:YQ==:"],
    ["a=();keyid=b", "a=:YQ==:"],
    ["a=();expires=?1", "a=:YQ==:"],
    ["a=();nonce=:YQ==:", "a=:YQ==:"],
    ["a=(", "a=:YQ==:"],
    [many(5, (index) => `s${index}=()`).join(", "), many(5, (index) => `s${index}=:YQ==:`).join(", ")],
    [`a=(${many(33, (name) => `"x${name}"`).join(" ")})`, "a=:YQ==:"],
    [`a=("${"x".repeat(4096)}")`, "a=:YQ==:"],
  ])("refuses %s with %s", ([inputs = "", signatures = ""]) => {
    expect(readSignatures(inputs, signatures)).toBeUndefined();
  });
});

// Source: RFC 9530, appendices A and B.
describe("content digests", () => {
  it.for([
    ['{"hello": "world"}\n', "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"],
    ["", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"],
    ['{"hello": "world"}', requestDigest],
    ['{"message": "good dog"}', responseDigest],
  ])("of %j", ([content = "", field = ""]) => {
    const [found] = readContentDigest(field) ?? [];
    if (found === undefined) throw new Error("no digest");
    expect(contentDigestText({ ...found, digest: signatureCrypto.digest(found.algorithm, content) })).toBe(
      field,
    );
  });

  it("passes over what is not known, and refuses what is none", () => {
    expect(readContentDigest("md5=:YQ==:, sha-256=:YQ==:")).toHaveLength(1);
    expect(readContentDigest("unixsum=:YQ==:")).toEqual([]);
    for (const bad of ["sha-256=abc", "sha-256", "sha-256=:YQ:", "SHA-256=:YQ==:", "sha-256=(:YQ==:)"])
      expect(readContentDigest(bad)).toBeUndefined();
  });
});

it.for([
  ["Example.COM:443", "https", "example.com"],
  ["example.com:443", "http", "example.com:443"],
  ["example.com:80", "http", "example.com"],
  ["[::1]:8080", "http", "[::1]:8080"],
] as const)("the authority of %s over %s is %s", ([host, scheme, authority]) => {
  expect(signedAuthority(host, scheme)).toBe(authority);
});

it("a field that did not come has no value", () => {
  expect(joinedField(["a", "1"], "b")).toBeUndefined();
});
