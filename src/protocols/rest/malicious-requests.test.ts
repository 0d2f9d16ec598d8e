import { describe, expect, it } from "vitest";
import { maliciousRequests } from "../../../test/support/malicious-requests.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { canonicalTarget } from "./canonical-target.ts";
import { checkHead } from "./check-head.ts";
import { foldedName, ownedNames } from "./header-names.ts";
import { upHeaders } from "./up-headers.ts";

const rules = {
  owned: ownedNames([]),
  forwarded: "x",
  pseudonym: "sallyport-0",
  credential: [],
  passesTrailers: true,
} as const;
const judged = maliciousRequests.flatMap(({ parsed, ...request }) =>
  parsed ? [{ ...request, ...parsed }] : [],
);

describe("malicious requests", () => {
  it("are a hundred at least", () => {
    expect(maliciousRequests.length).toBeGreaterThanOrEqual(100);
  });

  it.for(judged)("$name", ({ method, target, headers, fate, hidden = [] }) => {
    let path: string;
    let host: string;
    try {
      ({ host } = checkHead(headers, "1.1", { headersMax: 100 }));
      ({ path } = canonicalTarget({ method, target, host }));
    } catch (error) {
      expect("refused" in fate ? fate.refused : []).toContain(GatewayError.from(error).status);
      return;
    }
    expect({ path }).toEqual(fate);
    const peer = { remoteAddress: "192.0.2.1", localPort: 80, scheme: "http", isPeerTrusted: false } as const;
    const credentialIn = { headers: [], cookies: [] };
    const up = upHeaders(
      { rawHeaders: headers, method, httpVersion: "1.1", host, credentialIn, ...peer },
      rules,
    );
    const names = up.headers.filter((_, index) => index % 2 === 0).map(foldedName);
    for (const name of hidden)
      if (foldedName(name) !== "x-forwarded-for") expect(names).not.toContain(foldedName(name));
    expect(up.headers.join("\n")).not.toContain("spoofed");
  });
});
