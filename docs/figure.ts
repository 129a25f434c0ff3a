/**
 * Draws docs/images/verdict.svg, the README's picture: precision and recall on held-out genes, base model against meta-model.
 * The run is that of `npm start`, so the numbers are those of the README's table, over all rows at once:
 *
 *     node bin/deno.mjs run -A docs/figure.ts
 */
import { openDataset, simulateDataset, train } from "../src/index.ts";

const GENES = 60;
const ROUNDS = 60;
const SEED = 42;

const WIDTH = 800;
const HEIGHT = 420;
const SIDE = 300; // of a panel, pixels
const TOP = 62;
const LEFTS = [66, 462] as const;

const MODELS = [
  { name: "meta-model", stroke: 'stroke="#0a6aa6" stroke-width="2"' },
  { name: "base model", stroke: 'stroke="#b4540a" stroke-width="2" stroke-dasharray="5 3"' },
] as const;

/** One model's scores for one class, and its average precision over all rows. */
interface Ranking {
  readonly scores: Float32Array;
  readonly averagePrecision: number;
}

/**
 * The steps that average precision is the area under, as an SVG path in a panel at `left`: rows of equal score enter together,
 * and the last step of each pixel column stands for it.
 */
function curvePath(scores: Float32Array, isPositive: Uint8Array, left: number): string {
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[b] - scores[a]);
  const positives = isPositive.reduce((sum, one) => sum + one, 0);
  const heightAt = new Map<number, number>(); // by pixel column
  let found = 0;
  for (let i = 0; i < order.length && found < positives; i++) {
    found += isPositive[order[i]];
    if (i + 1 < order.length && scores[order[i + 1]] === scores[order[i]]) continue;
    const column = Math.round(left + SIDE * (found / positives));
    heightAt.set(column, TOP + SIDE * (1 - found / (i + 1)));
  }
  const steps = [...heightAt].map(([x, y]) => `V${y.toFixed(1)}H${x}`);
  return `M${left} ${TOP}${steps.join("")}`;
}

function axes(left: number): string {
  const bottom = TOP + SIDE;
  const parts: string[] = [];
  for (const share of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    const x = left + SIDE * share;
    const y = bottom - SIDE * share;
    parts.push(
      `<path d="M${left} ${y}h${SIDE}M${x} ${TOP}v${SIDE}" stroke="#e3e3e3"/>`,
      `<text x="${x}" y="${bottom + 17}" text-anchor="middle">${share}</text>`,
      `<text x="${left - 7}" y="${y + 4}" text-anchor="end">${share}</text>`,
    );
  }
  const middle = TOP + SIDE / 2;
  parts.push(
    `<rect x="${left}" y="${TOP}" width="${SIDE}" height="${SIDE}" fill="none" stroke="#777"/>`,
    `<text x="${left + SIDE / 2}" y="${bottom + 36}" text-anchor="middle">recall</text>`,
    `<text transform="translate(${left - 38} ${middle}) rotate(-90)" text-anchor="middle">precision</text>`,
  );
  return parts.join("\n");
}

function legend(left: number, rankings: readonly Ranking[]): string {
  const top = TOP + SIDE - 52;
  const lines = rankings.map(({ averagePrecision }, i) => {
    const y = top + 13 + 20 * i;
    const { name, stroke } = MODELS[i];
    return `<path d="M${left + 22} ${y}h30" fill="none" ${stroke}/>\n` +
      `<text x="${left + 60}" y="${y + 4}">${name}, AP ${averagePrecision.toFixed(3)}</text>`;
  });
  const box = `<rect x="${left + 12}" y="${top}" width="212" height="46" fill="#fff" stroke="#ccc"/>`;
  return [box, ...lines].join("\n");
}

function panel(left: number, title: string, isPositive: Uint8Array, rankings: readonly Ranking[]): string {
  const curves = rankings.map(({ scores }, i) =>
    `<path d="${curvePath(scores, isPositive, left)}" fill="none" ${MODELS[i].stroke}/>`
  );
  const heading = `<text x="${left}" y="${TOP - 9}" font-weight="bold">${title}</text>`;
  // The base model first, so that the meta-model's line lies on top.
  return [heading, axes(left), ...curves.reverse(), legend(left, rankings)].join("\n");
}

const files: { name: string; data: Uint8Array }[] = [];
for await (const { path, bytes } of simulateDataset({ genes: GENES, seed: SEED })) {
  if (path.endsWith(".parquet")) files.push({ name: path, data: bytes });
}
const data = await openDataset(files);
const { oof, pooled } = await train(data, { nEstimators: ROUNDS, seed: SEED });
const { labels, baseScores: base } = data;
if (!labels || !base || !oof || !pooled?.base) {
  throw new Error("expected labels, base scores and a cross-validation");
}
const { ap: metaAp, base: { ap: baseAp } } = pooled;

const panels = (["donor", "acceptor"] as const).map((name, i) => {
  const code = i + 1;
  const meta = Float32Array.from(labels, (_, row) => oof.probabilities[3 * row + code]);
  return panel(LEFTS[i], `${name} sites`, labels.map((label) => Number(label === code)), [
    { scores: meta, averagePrecision: metaAp[name] },
    { scores: base[name], averagePrecision: baseAp[name] },
  ]);
});
const rows = data.rows.toLocaleString("en-US");
const svg = `<!-- deno-fmt-ignore-file: drawn by docs/figure.ts -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" ` +
  `font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#222">
<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#fff"/>
<text x="${LEFTS[0]}" y="28" font-size="15">Held-out genes: ${rows} rows of ${GENES} simulated genes, ` +
  `each predicted without its gene</text>
${panels.join("\n")}
</svg>
`;
await Deno.writeTextFile(new URL("images/verdict.svg", import.meta.url), svg);
