/** Made by `node scripts/run.ts`; see README.md for the data sheet. */
export const bucketBits = 14;
export const bias = -5;
export const scale = 0;
export const weights = new Int8Array(2 ** bucketBits);
