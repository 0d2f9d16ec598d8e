import type { AuditRecord } from "../../generated/client.ts";

/** Values that tell who a person is and are still there. */
export const keptValues = (personal: AuditRecord["personal"]): readonly (readonly [string, string])[] =>
  Object.entries(personal).flatMap(([field, value]) => (value === null ? [] : [[field, value] as const]));

/** `records` without the values that are gone since they were read. @param erased Each as `INDEX.FIELD`. */
export const withoutErased = (
  records: readonly AuditRecord[],
  erased: readonly string[],
): readonly AuditRecord[] =>
  erased.length === 0
    ? records
    : records.map((record) => ({
        ...record,
        personal: Object.fromEntries(
          Object.entries(record.personal).map(([field, value]) => [
            field,
            erased.includes(`${record.index}.${field}`) ? null : value,
          ]),
        ),
      }));
