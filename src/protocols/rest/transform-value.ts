/** What cannot be compiled, and where in the settings. `why`: goes behind what is named there. */
export interface TransformFault {
  readonly at: readonly (string | number)[];
  readonly why: string;
}

const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a text may be the value of a header: no CR, LF, NUL or other control byte. */
export const isFieldValue = (text: string): boolean => fieldValue.test(text);
