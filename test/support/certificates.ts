import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** An authority of a test's own, and certificates it has signed. */
export interface TestAuthority {
  readonly ca: string;
  /** @param names Subject alternative names: `DNS:a.example`, `IP:127.0.0.1`. */
  readonly issue: (name: string, names: readonly string[]) => KeyPair;
  readonly [Symbol.dispose]: () => void;
}

/** By the machine's `openssl`, with P-256 keys: some 20 ms each. */
export function testAuthority(): TestAuthority {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-certificates-"));
  const path = (file: string): string => join(directory, file);
  const openssl = (...words: readonly string[]): void => {
    execFileSync("openssl", words, { stdio: "pipe" });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    path("ca.key"),
    "-out",
    path("ca.pem"),
    "-subj",
    "/CN=test",
    "-days",
    "2",
  );
  let count = 0;
  return {
    ca: readFileSync(path("ca.pem"), "utf8"),
    issue: (name, names) => {
      count += 1;
      const own = (ending: string): string => path(`${count}.${ending}`);
      openssl("req", ...key, "-keyout", own("key"), "-out", own("csr"), "-subj", `/CN=${name}`);
      writeFileSync(own("ext"), `subjectAltName=${names.join(",")}\n`);
      const signer = ["-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial"];
      openssl(
        "x509",
        "-req",
        "-in",
        own("csr"),
        ...signer,
        "-out",
        own("pem"),
        "-days",
        "2",
        "-extfile",
        own("ext"),
      );
      return { cert: readFileSync(own("pem"), "utf8"), key: readFileSync(own("key"), "utf8") };
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
