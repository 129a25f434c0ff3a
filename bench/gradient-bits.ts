/**
 * What the width of the gradient grid costs and saves: the cross-validation at several widths, same folds and draws.
 *
 *     node bin/deno.mjs run -A bench/gradient-bits.ts [--dataset DIR/master] [--bits 3,4,5,6,8,10,14] [--trees 400]
 *         [--threads 2] [--seeds 42] [--record NAME]
 */
import { option, record, root, trainOurs } from "./process.ts";

const dataset = option("dataset", `${root}../shared/data/lrg/osai80/master`);
const trees = option("trees", "400");
const out = await Deno.makeTempDir();
const results: Record<string, unknown>[] = [];
for (const seed of option("seeds", "42").split(",")) {
  for (const bits of option("bits", "3,4,5,6,8,10,14").split(",")) {
    const args = [
      "--dataset",
      dataset,
      "--n-estimators",
      trees,
      "--threads",
      option("threads", "2"),
      "--seed",
      seed,
    ];
    args.push("--algorithm-params", JSON.stringify({ gradient_bits: Number(bits) }));
    const { scores, phases } = await trainOurs(out, args);
    const result = {
      seed: Number(seed),
      bits: Number(bits),
      ...scores,
      trainSeconds: phases["cross-validation"],
    };
    results.push(result);
    console.log(
      Object.entries(result).map(([key, value]) => `${key} ${Number(value.toPrecision(5))}`).join("  "),
    );
  }
}
const recordAs = option("record", "");
if (recordAs) {
  await record(recordAs, { dataset: dataset.split("/").slice(-2).join("/"), trees: Number(trees), results });
}
await Deno.remove(out, { recursive: true });
