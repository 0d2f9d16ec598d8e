import type { Page } from "playwright-core";

/**
 * Texts of the page that stand out too little from what is behind them, each with its ratio. The bounds are those of
 * WCAG 2.2, success criterion 1.4.3 (AA): 4.5, or 3 for large text. What is disabled or hidden has none.
 */
export function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(${inPage})()`);
}

/** Runs in the page: the types of the DOM are not known here. Luminance and ratio as WCAG 2.2 defines them. */
const inPage = `() => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (color) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return { rgb: [r, g, b], alpha: a / 255 };
  };
  const over = ({ rgb, alpha }, under) => rgb.map((part, index) => part * alpha + under[index] * (1 - alpha));
  const behind = (element) => {
    if (element === null) return [255, 255, 255];
    const color = read(getComputedStyle(element).backgroundColor);
    return color.alpha === 1 ? color.rgb : over(color, behind(element.parentElement));
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const boundOf = ({ fontSize, fontWeight }) => {
    const size = Number.parseFloat(fontSize);
    return size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
  };
  const isHidden = (element) =>
    element.closest(":disabled, script, noscript") !== null ||
    !element.checkVisibility({ visibilityProperty: true });
  const faint = [];
  const judge = (text, element, style) => {
    const color = read(style.color);
    const ground = behind(element);
    const found = ratio(over(color, ground), ground);
    if (color.alpha > 0 && found < boundOf(style)) faint.push(found.toFixed(2) + " " + text);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() !== "" && !isHidden(element)) judge(node.data.trim(), element, getComputedStyle(element));
  }
  for (const input of document.querySelectorAll("input[placeholder]"))
    judge(input.placeholder, input, getComputedStyle(input, "::placeholder"));
  return faint;
}`;
