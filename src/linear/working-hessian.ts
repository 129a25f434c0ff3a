/** The Hessian of the loss among the columns that a proximal step works on, made column by column as they join. */
import type { Design } from "./design.ts";
import { standardisedColumn, timesRows } from "./products.ts";

export class WorkingHessian {
  readonly #design: Design;
  #curvature: Float64Array = new Float64Array();
  #sum = 0;
  /** Column at each place; place 0 is the intercept. */
  #members: number[] = [];
  #places = new Map<number, number>();
  #values: Float64Array = new Float64Array();
  #capacity = 0;

  constructor(design: Design) {
    this.#design = design;
  }

  /** How far a curvature is from the one that the values were made with: sum of absolute differences over the sum. */
  drift(curvature: Float64Array): number {
    if (this.#sum === 0) return Infinity;
    let difference = 0;
    for (let i = 0; i < curvature.length; i++) difference += Math.abs(curvature[i] - this.#curvature[i]);
    return difference / this.#sum;
  }

  /** Forgets all columns but the intercept, and takes a curvature per row. */
  reset(curvature: Float64Array): void {
    this.#curvature = curvature.slice();
    this.#sum = curvature.reduce((sum, d) => sum + d, 0);
    this.#members = [];
    this.#places.clear();
    this.#join(this.#design.mean.length);
  }

  /** Adds the columns that are not there yet. */
  add(columns: Iterable<number>): void {
    for (const column of columns) if (!this.#places.has(column)) this.#join(column);
  }

  place(column: number): number {
    return this.#places.get(column)!;
  }

  /** Row of a place: its products with the columns at places 0, 1, ... */
  row(place: number): Float64Array {
    const start = place * this.#capacity;
    return this.#values.subarray(start, start + this.#members.length);
  }

  get size(): number {
    return this.#members.length;
  }

  #join(column: number): void {
    const design = this.#design;
    const place = this.#members.length;
    this.#members.push(column);
    this.#places.set(column, place);
    if (place === this.#capacity) this.#grow();
    const scaled = new Float64Array(design.rows);
    standardisedColumn(design, column, scaled);
    for (let i = 0; i < scaled.length; i++) scaled[i] *= this.#curvature[i];
    const products = new Float64Array(design.mean.length + 1);
    timesRows(design, scaled, products, Int32Array.from(this.#members.slice(1)).sort());
    this.#members.forEach((member, other) => {
      this.#values[place * this.#capacity + other] = products[member];
      this.#values[other * this.#capacity + place] = products[member];
    });
  }

  #grow(): void {
    const capacity = Math.max(64, 2 * this.#capacity);
    const values = new Float64Array(capacity * capacity);
    for (let place = 0; place < this.#capacity; place++) {
      const start = place * this.#capacity;
      values.set(this.#values.subarray(start, start + this.#capacity), place * capacity);
    }
    this.#values = values;
    this.#capacity = capacity;
  }
}
