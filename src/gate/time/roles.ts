/**
 * Who takes part in a block: the base, the same again, and what is new.
 *
 * The twin makes every block an experiment on itself: base against twin must show nothing, on the
 * same cores and in the same minutes.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { shuffled } from "../../base/shuffled.ts";

/** The three processes of a block. */
export const ROLES = ["base", "twin", "new"] as const;

/** One of the three. */
export type Role = typeof ROLES[number];

/** Every order that three can run in. */
const ORDERS: readonly (readonly Role[])[] = [
  ["base", "twin", "new"],
  ["base", "new", "twin"],
  ["twin", "base", "new"],
  ["twin", "new", "base"],
  ["new", "base", "twin"],
  ["new", "twin", "base"],
];

/** Cycles after which each order came once. */
export const BALANCED = ORDERS.length;

/**
 * Random orders in which each role comes first, second and third equally often, and after each
 * other one equally often inside its cycle: a fixed order shows up as a difference.
 *
 * @param cycles a multiple of `BALANCED` is balanced
 *
 * @example
 * ```ts
 * import { random } from "../../base/random.ts";
 * import { balancedOrders } from "./roles.ts";
 * import assert from "node:assert/strict";
 * const orders = balancedOrders(12, random(1, "order"));
 * assert.equal(orders.filter(([first]) => first === "new").length, 4);
 * ```
 */
export function balancedOrders(cycles: number, draw: Random): (readonly Role[])[] {
  const orders: (readonly Role[])[] = [];
  while (orders.length < cycles) orders.push(...shuffled(ORDERS, draw));
  return orders.slice(0, cycles);
}
