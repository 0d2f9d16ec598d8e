import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import type { Passwords } from "../../ports/passwords.ts";

/** Source: OWASP, "Password Storage Cheat Sheet", scrypt. 128 MiB for each that runs. */
const usual = { cost: 2 ** 17, blockSize: 8, parallelization: 1 };
const saltBytes = 16;
const hashBytes = 32;
const memoryBytesMax = 256 * 1024 * 1024;
const atOnceMax = 2;

/** @param cost A power of two; below the usual one for tests alone. */
export function createPasswords(cost: number = usual.cost): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  const derive = async (password: string, salt: Buffer, wanted: typeof usual): Promise<Buffer> => {
    // Who is done hands its place to who has waited longest: nobody slips in between.
    if (running < atOnceMax) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await scryptOf(password.normalize("NFKC"), salt, { ...wanted, maxmem: memoryBytesMax });
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
  const settings = { ...usual, cost };
  return {
    hash: async (password) => {
      const salt = randomBytes(saltBytes);
      const hash = await derive(password, salt, settings);
      return [
        "scrypt",
        cost,
        usual.blockSize,
        usual.parallelization,
        salt.toString("base64url"),
        hash.toString("base64url"),
      ].join("$");
    },
    verify: async (password, kept) => {
      const [scheme, n, , , salt, hash] = kept.split("$");
      const isForm = scheme === "scrypt" && salt !== undefined && hash !== undefined && isCost(Number(n));
      // A name that nobody has takes as long as one that somebody has.
      const wanted = isForm ? { ...usual, cost: Number(n) } : settings;
      const derived = await derive(password, Buffer.from(isForm ? salt : "", "base64url"), wanted);
      const known = Buffer.from(isForm ? hash : "", "base64url");
      return known.length === derived.length && timingSafeEqual(known, derived);
    },
  };
}

const isCost = (value: number): boolean => Number.isInteger(Math.log2(value)) && value <= usual.cost;

const scryptOf = (password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(password, salt, hashBytes, options, (fault, key) =>
      fault === null ? resolve(key) : reject(fault),
    ),
  );
