export { type NonceJournal, openNonceJournal } from "./nonce-journal.ts";
