/** What a compute kernel is: its WGSL, the bindings it takes, and the `#import` lines that shaders share code by. */
import { nearestName, SpliceboostError } from "../numerics/errors.ts";

/** How a kernel sees a buffer: a uniform, read-only storage, or storage that it reads and writes. */
export type Binding = "uniform" | "read" | "write";

/** One compute kernel. Its entry point is `main`. */
export interface Kernel {
  /** Name in errors and profiles: the file's name without its ending. */
  readonly name: string;
  /** WGSL with `#import` lines, as it lies in the file. */
  readonly source: string;
  /** `@group(0) @binding(i)`, in this order. */
  readonly bindings: readonly Binding[];
  /** Values of its `override` constants. */
  readonly constants?: Readonly<Record<string, number>>;
}

const IMPORT = /^\s*#import\s+(.*?)\s*(?:\/\/.*)?$/;

/**
 * `source` with every line `#import name` replaced by the text of that name in `library`, imports of imports first, each
 * name once. `kernel` is the name used in errors. Throws where a name is unknown or imports itself.
 */
export function expandImports(
  source: string,
  library: Readonly<Record<string, string>>,
  kernel: string = "kernel",
): string {
  const included = new Set<string>();

  const expand = (text: string, file: string, open: readonly string[]): string => {
    const lines = text.split("\n").map((line, i) => {
      const name = IMPORT.exec(line)?.[1];
      if (name === undefined) return line;
      const where = `${file}.wgsl line ${i + 1}` + (open.length > 0 ? ` (for the kernel ${kernel})` : "");
      if (!Object.hasOwn(library, name)) throw unknownImport(name, where, library);
      if (open.includes(name)) {
        throw new SpliceboostError(
          "runtime",
          `${where}: ${[...open, name].join(" imports ")}; break the circle`,
        );
      }
      if (included.has(name)) return "";
      included.add(name);
      return expand(library[name], name, [...open, name]);
    });
    return lines.join("\n");
  };

  return expand(source, kernel, []);
}

function unknownImport(
  name: string,
  where: string,
  library: Readonly<Record<string, string>>,
): SpliceboostError {
  const near = nearestName(name, Object.keys(library));
  const hint = near === undefined
    ? `known are ${Object.keys(library).sort().join(", ") || "none"}`
    : `did you mean ${near}?`;
  return new SpliceboostError(
    "runtime",
    `${where} imports "${name}", which is not in shaders/shared: ${hint}`,
  );
}
