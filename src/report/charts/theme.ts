/** Colours of the charts, each with one value on light and one on dark ground. */

/**
 * Names of the colours as CSS variables. They hold 4.5:1 against their ground (lines and text alike); base and meta, donor and acceptor
 * are told apart by people who are colour-blind, and by dashes or shapes too.
 */
export const LIGHT = {
  ground: "#ffffff",
  ink: "#1d2530",
  quiet: "#5b6573",
  rule: "#d5dbe3",
  meta: "#0b62a4",
  base: "#b04a00",
  raw: "#4c7a2b",
  neither: "#616b78",
  donor: "#00735c",
  acceptor: "#8d3c9e",
  low: "#2f6fd0",
  high: "#d1402f",
  missing: "#8a93a0",
} as const;

export type ColourName = keyof typeof LIGHT;

export const DARK: Readonly<Record<ColourName, string>> = {
  ground: "#12171e",
  ink: "#e6eaf0",
  quiet: "#a3adba",
  rule: "#364150",
  meta: "#62b6f2",
  base: "#f2a05c",
  raw: "#9ccc6f",
  neither: "#a7b0bc",
  donor: "#3fcfa4",
  acceptor: "#d79be6",
  low: "#7aaaf5",
  high: "#f27a68",
  missing: "#8a93a0",
};

/** The colour as charts name it. */
export function colour(name: ColourName): string {
  return `var(--${name})`;
}

/** Declarations of all variables. */
export function declarations(colours: Readonly<Record<ColourName, string>>): string {
  return Object.entries(colours).map(([name, value]) => `--${name}:${value}`).join(";");
}

/** Text with each variable replaced by its value on light ground, for pictures that stand alone. */
export function withLightColours(text: string): string {
  return text.replace(/var\(--([a-z]+)\)/g, (whole, name) => LIGHT[name as ColourName] ?? whole);
}
