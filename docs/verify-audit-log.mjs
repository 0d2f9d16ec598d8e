// Verifies an audit log of Sallyport without any of its code: node verify-audit-log.mjs DIRECTORY VERIFIER-KEY [CHECKPOINT-FILE]
// Formats: audit.md. Exit 0: intact; 1: the first record that is not what was signed, as near as checkpoints tell.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [directory, vkey, elsewhere] = process.argv.slice(2);
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const fail = (index, why) => {
  console.log(`BROKEN at record ${index}: ${why}`);
  process.exit(1);
};

// The key: name + first 4 bytes of SHA-256(name, line feed, type, key) + base64(type, key); the type of Ed25519 is 1.
const [name, keyHash, ...rest] = vkey.split("+");
const typed = Buffer.from(rest.join("+"), "base64");
if (sha256(`${name}\n`, typed).subarray(0, 4).toString("hex") !== keyHash || typed[0] !== 1) throw new Error("no verifier key");
const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), typed.subarray(1)]);
const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });

// The checkpoints: origin, size, root; an empty line; "— name base64(key hash, signature)"; an empty line.
const noteForm = /([^\n]+\n(\d+)\n([^\n]+)\n)\n— (\S+) (\S+)\n/gu;
const roots = new Map();
let lastSize = 0;
for (const text of [readFileSync(join(directory, "checkpoints.txt"), "utf8"), elsewhere ? readFileSync(elsewhere, "utf8") : ""])
  for (const [, signed, size, root, signer, signature] of text.matchAll(noteForm)) {
    const bytes = Buffer.from(signature, "base64");
    const isOurs = signer === name && signed.startsWith(`${name}\n`) && bytes.subarray(0, 4).toString("hex") === keyHash;
    if (!isOurs || !verify(null, Buffer.from(signed), publicKey, bytes.subarray(4))) fail(lastSize, "a checkpoint is not signed");
    roots.set(Number(size), [...(roots.get(Number(size)) ?? []), root]);
    lastSize = Number(size);
  }

// The tree: RFC 6962; `subtrees` are the full ones, from the largest on.
const subtrees = [];
let size = 0;
let covered = 0;
function append(record) {
  let hash = sha256("\0", record);
  for (let left = size; left % 2 === 1; left = (left - 1) / 2) hash = sha256("\x01", subtrees.pop(), hash);
  subtrees.push(hash);
  size += 1;
}
const root = () => subtrees.reduceRight((right, left) => (right ? sha256("\x01", left, right) : left), undefined);

// The records: one a line; behind a tab what is personal, as salt and value, where it was not erased.
const files = readdirSync(directory).filter((file) => /^records-\d+\.log$/.test(file));
for (const file of files.toSorted((a, b) => Number(a.slice(8, -4)) - Number(b.slice(8, -4))))
  for (const line of readFileSync(join(directory, file), "utf8").split("\n").slice(0, -1)) {
    const [record, beside = ""] = line.split("\t");
    let told;
    try {
      told = JSON.parse(record);
    } catch {
      fail(size, "it cannot be read");
    }
    if (told.index !== size) fail(size, `record ${told.index} stands in its place`);
    for (const [field, [salt, value]] of Object.entries(beside.trim() === "" ? {} : JSON.parse(beside)))
      if (sha256(Buffer.from(salt, "base64"), value).toString("base64") !== told.personal?.[field]) fail(size, `another ${field}`);
    append(record);
    for (const expected of roots.get(size) ?? [])
      if (root().toString("base64") !== expected) fail(covered, `one of the records ${covered} to ${size - 1} is another`);
    if (roots.has(size)) covered = size;
  }
const most = Math.max(0, ...roots.keys());
if (most > size) fail(size, `${most - size} records are missing at the end`);
console.log(`Intact: ${size} records, ${roots.size} checkpoints; ${size - covered} records are not signed yet.`);
