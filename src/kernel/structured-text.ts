import { invariant } from "./invariant.ts";
import {
  isInnerList,
  type SfBareItem,
  type SfDictionary,
  type SfInnerList,
  type SfItem,
  type SfList,
  type SfMember,
  type SfParameters,
} from "./structured-values.ts";

/**
 * The one form of a value, as all of the functions here give it. What has none (a letter beyond ASCII in a string, an
 * integer of 16 digits) is a broken promise of the caller's.
 *
 * Source: RFC 9651, section 4.1.
 */
export function bareItemText(item: SfBareItem): string {
  switch (item.type) {
    case "integer":
      return integerText(item.value);
    case "date":
      return `@${integerText(item.value)}`;
    case "decimal":
      return decimalText(item.value);
    case "string":
      invariant(/^[\x20-\x7e]*$/.test(item.value), "a string of a structured field is printable ASCII");
      return `"${item.value.replace(/["\\]/g, "\\$&")}"`;
    case "token":
      invariant(
        /^[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*$/.test(item.value),
        "a token of a structured field has the form of one",
      );
      return item.value;
    case "display":
      return displayText(item.value);
    case "bytes":
      return bytesText(item.value);
    case "boolean":
      return item.value ? "?1" : "?0";
  }
}

/** Bytes between colons, in base64. */
export const bytesText = (value: Uint8Array): string => {
  let binary = "";
  for (const byte of value) binary += String.fromCharCode(byte);
  return `:${btoa(binary)}:`;
};

export const itemText = ({ value, parameters }: SfItem): string =>
  bareItemText(value) + parametersText(parameters);

export const innerListText = ({ items, parameters }: SfInnerList): string =>
  `(${items.map(itemText).join(" ")})${parametersText(parameters)}`;

export const memberText = (member: SfMember): string =>
  isInnerList(member) ? innerListText(member) : itemText(member);

/** An empty list has the empty text: the field is not sent at all. */
export const listText = (list: SfList): string => list.map(memberText).join(", ");

/** An empty dictionary has the empty text: the field is not sent at all. */
export const dictionaryText = (dictionary: SfDictionary): string =>
  [...dictionary]
    .map(([key, member]) =>
      isTrue(member)
        ? checkedKey(key) + parametersText(member.parameters)
        : `${checkedKey(key)}=${memberText(member)}`,
    )
    .join(", ");

function parametersText(parameters: SfParameters): string {
  let text = "";
  for (const [key, value] of parameters)
    text += value.value === true ? `;${checkedKey(key)}` : `;${checkedKey(key)}=${bareItemText(value)}`;
  return text;
}

const isTrue = (member: SfMember): boolean => !isInnerList(member) && member.value.value === true;

function checkedKey(key: string): string {
  invariant(/^[a-z*][a-z0-9_.*-]*$/.test(key), "a key of a structured field has the form of one");
  return key;
}

function integerText(value: number): string {
  invariant(
    Number.isInteger(value) && Math.abs(value) <= 999_999_999_999_999,
    "an integer of a structured field has at most 15 digits",
  );
  return String(value);
}

/** At most three digits behind the point, of two equally near the even one, and at least one. */
function decimalText(value: number): string {
  const scaled = Math.abs(value) * 1000;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const isUp = rest > 0.5 || (rest === 0.5 && floor % 2 === 1);
  const thousandths = isUp ? floor + 1 : floor;
  const whole = Math.floor(thousandths / 1000);
  invariant(
    whole <= 999_999_999_999,
    "a decimal of a structured field has at most 12 digits before the point",
  );
  const fraction = String(thousandths % 1000)
    .padStart(3, "0")
    .replace(/0{1,2}$/, "");
  return `${value < 0 && thousandths > 0 ? "-" : ""}${whole}.${fraction}`;
}

function displayText(value: string): string {
  invariant(value.isWellFormed(), "a display string has no lone surrogates");
  let text = "";
  for (const byte of new TextEncoder().encode(value)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x22 && byte !== 0x25;
    text += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, "0")}`;
  }
  return `%"${text}"`;
}
