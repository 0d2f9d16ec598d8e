import type { Sha256, SigningKey, VerifySignature } from "../../ports/evidence.ts";
import { isSame } from "./proofs.ts";
import { hashBytes } from "./tree.ts";

/** The state of a log: so many records, and the root over them. Source: C2SP tlog-checkpoint. */
export interface Checkpoint {
  /** Names the log, and the key that signs it. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** A checkpoint with its signatures, as it was read. */
export interface SignedCheckpoint extends Checkpoint {
  /** What was signed: all lines of the checkpoint, each with its line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

interface NoteSignature {
  readonly name: string;
  /** The first 4 bytes of what names the key. */
  readonly keyHash: Uint8Array;
  readonly signature: Uint8Array;
}

/** Who signs, as others know them. Source: C2SP signed-note, "Verifier keys". */
export interface Verifier {
  readonly name: string;
  readonly keyHash: Uint8Array;
  /** 32 bytes, Ed25519. */
  readonly publicKey: Uint8Array;
}

/** The type of an Ed25519 key. Source: C2SP signed-note, "Signatures". */
const ed25519 = 1;
const keyHashBytes = 4;
const signatureBytes = 64;
const nameForm = /^[^\s+]+$/u;
const sizeForm = /^(0|[1-9]\d{0,15})$/;
const base64Form = /^[A-Za-z0-9+/]+={0,2}$/;
const signatureForm = /^— (\S+) (\S+)$/u;

export function verifierOf(name: string, publicKey: Uint8Array, sha256: Sha256): Verifier {
  const typed = Buffer.concat([Buffer.of(ed25519), publicKey]);
  const keyHash = sha256(Buffer.concat([Buffer.from(`${name}\n`), typed])).subarray(0, keyHashBytes);
  return { name, keyHash, publicKey };
}

/** `name+hash+key`: eight hexadecimal digits; the key in base64 behind its type. */
export function printVerifier({ name, keyHash, publicKey }: Verifier): string {
  const typed = Buffer.concat([Buffer.of(ed25519), publicKey]);
  return `${name}+${Buffer.from(keyHash).toString("hex")}+${typed.toString("base64")}`;
}

/** `undefined`: it is none, or its hash is not that of its name and key. */
export function readVerifier(text: string, sha256: Sha256): Verifier | undefined {
  const [, name = "", hash = "", key = ""] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text.trim()) ?? [];
  const typed = bytesOf(key);
  if (!nameForm.test(name) || typed === undefined) return undefined;
  if (typed.length !== 1 + hashBytes || typed[0] !== ed25519) return undefined;
  const verifier = verifierOf(name, typed.subarray(1), sha256);
  return Buffer.from(verifier.keyHash).toString("hex") === hash ? verifier : undefined;
}

/** The signed note: the three lines, an empty one, the signature; ends in a line feed. */
export function signCheckpoint(checkpoint: Checkpoint, { keyHash }: Verifier, key: SigningKey): string {
  const text = `${checkpoint.origin}\n${checkpoint.size}\n${base64(checkpoint.root)}\n`;
  const signature = base64(Buffer.concat([keyHash, key.sign(Buffer.from(text))]));
  return `${text}\n— ${checkpoint.origin} ${signature}\n`;
}

/** `undefined`: it is no signed note with a checkpoint in it. Lines behind the root are taken, and belong to what is signed. */
export function readCheckpoint(note: string): SignedCheckpoint | undefined {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) return undefined;
  const text = note.slice(0, end + 1);
  const [origin = "", size = "", root = ""] = text.split("\n");
  const rootBytes = bytesOf(root);
  if (origin === "" || !sizeForm.test(size) || rootBytes?.length !== hashBytes) return undefined;
  const lines = note.slice(end + 2, -1).split("\n");
  const signatures = lines.map(readSignature).filter((signature) => signature !== undefined);
  if (signatures.length !== lines.length) return undefined;
  return { origin, size: Number(size), root: rootBytes, text, signatures };
}

function readSignature(line: string): NoteSignature | undefined {
  const [, name = "", text = ""] = signatureForm.exec(line) ?? [];
  const bytes = bytesOf(text);
  if (!nameForm.test(name) || bytes === undefined || bytes.length <= keyHashBytes) return undefined;
  return { name, keyHash: bytes.subarray(0, keyHashBytes), signature: bytes.subarray(keyHashBytes) };
}

/** Whether the log of this name has signed it with this key. Signatures of others (witnesses) count neither way. */
export function isSignedBy(
  { origin, text, signatures }: SignedCheckpoint,
  verifier: Verifier,
  verify: VerifySignature,
): boolean {
  return (
    origin === verifier.name &&
    signatures.some(
      ({ name, keyHash, signature }) =>
        name === verifier.name &&
        isSame(keyHash, verifier.keyHash) &&
        signature.length === signatureBytes &&
        verify(verifier.publicKey, Buffer.from(text), signature),
    )
  );
}

/** Notes that stand one behind the other, each ended by an empty line; what is behind the last whole one is left out. */
export function splitNotes(text: string): readonly string[] {
  return [...text.matchAll(/[^\n]+\n\d+\n[^\n]+\n(?:[^\n]+\n)*\n(?:— [^\n]+\n)+(?=\n)/gu)].map(
    ([note]) => note,
  );
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Strict: what would not be printed so is not read. */
function bytesOf(text: string): Uint8Array | undefined {
  if (!base64Form.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
