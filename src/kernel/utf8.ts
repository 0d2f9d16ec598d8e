/** How many bytes `text` has as UTF-8. A lone surrogate counts as the replacement character it becomes. */
export function utf8Length(text: string): number {
  let size = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) size += 1;
    else if (isPairAt(text, index)) {
      size += 2;
      index += 1;
    } else size += 2;
  }
  return size;
}

const isPairAt = (text: string, index: number): boolean => (text.codePointAt(index) ?? 0) > 0xffff;
