/** Fonts and WebAssembly from the installed packages. */
import type { ChartAssets } from "./chart-files.ts";

/** DejaVu Sans: free to embed, and it has the Greek letters, arrows and signs that the charts use. */
export async function installedFonts(): Promise<ChartAssets["fonts"]> {
  const [plain, bold] = await Promise.all(
    ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) => installed(`dejavu-fonts-ttf/ttf/${name}`)),
  );
  return { plain, bold };
}

/** Bytes of a file of an installed package, by its module specifier. */
export async function installed(specifier: string): Promise<Uint8Array> {
  const response = await fetch(import.meta.resolve(specifier));
  return new Uint8Array(await response.arrayBuffer());
}
