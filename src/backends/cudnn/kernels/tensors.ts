/**
 * Where the tensors of a plan live on the device: activations in one arena, parameters packed as
 * kernels read them.
 *
 * @module
 */

import { elements, type Shape } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { OpName } from "../../../graph/ops/mod.ts";
import type { WeightSource } from "../../../graph/weights.ts";
import { materialise } from "../../../plan/parameters.ts";
import { planMemory } from "../../../plan/memory.ts";
import type { Arena, Derivation, Plan } from "../../../plan/plan.ts";
import { asFloat64 } from "../../../tensor/tensor.ts";
import { DATA_BYTES, type DataType } from "../cuda/data_type.ts";
import type { Arithmetic } from "../graph_api/convolution_graphs.ts";
import { elementTypes } from "./element_types.ts";
import { rounded } from "./rounding.ts";
import type { DeviceMemory, Target } from "./target.ts";

/** Numbers that a parameter, or several, are packed from. */
export type Numbers = Float64Array | Float32Array;

/** A weight as it is packed: (outer, C, inner) as (outer, inner, C). */
export interface PackedWeight {
  /** Name of the weight. */
  readonly name: string;
  /** Where it is. */
  readonly address: bigint;
  /** Type that its elements are rounded to. */
  readonly type: DataType;
  /** The axis that goes last; 1 where the order stays. */
  readonly C: number;
  /** Elements behind that axis. */
  readonly inner: number;
}

/** Which weight is packed, and how. */
type PackedOrder = { readonly id: ValueId } & Pick<PackedWeight, "C" | "inner">;

/** Gives a parameter's elements in logical order. */
export type Get = (id: ValueId) => Numbers;

/** What the tensors are of. */
export interface TensorsRequest {
  readonly plan: Plan;
  readonly weights: WeightSource;
  /** In what it computes. */
  readonly arithmetic: Arithmetic;
  /** Ops whose output may take the place of an input. */
  readonly inPlace: ReadonlySet<OpName>;
}

export class Tensors {
  /** In what the plan computes. */
  readonly arithmetic: Arithmetic;
  readonly #target: Target;
  readonly #owned: DisposableStack;
  readonly #plan: Plan;
  readonly #types: readonly DataType[];
  readonly #places: Arena;
  readonly #arena: DeviceMemory;
  readonly #derivations: ReadonlyMap<ValueId, Derivation>;
  readonly #packed = new Map<string, bigint>();
  /** Null once something was packed that is no weight in another order. */
  #packedWeights: PackedWeight[] | null = [];
  /** Upload every packed parameter from the weights. */
  readonly #fills: (() => void)[] = [];
  #weights: WeightSource;
  #parameterBytes = 0;

  /**
   * Takes the arena of a plan.
   *
   * @param owned takes over the memory
   * @throws MissingError when the GPU has no room for it
   */
  constructor(
    target: Target,
    owned: DisposableStack,
    { plan, weights, arithmetic, inPlace }: TensorsRequest,
  ) {
    this.#target = target;
    this.#owned = owned;
    this.#plan = plan;
    this.arithmetic = arithmetic;
    this.#types = elementTypes(plan, arithmetic.type);
    // floats among halves take two places
    const places = (id: ValueId) => DATA_BYTES[this.#types[id]] / DATA_BYTES[arithmetic.type];
    this.#places = planMemory(plan, inPlace, places).arena!;
    this.#weights = weights;
    this.#arena = owned.use(
      target.allocate(this.arenaBytes, `the activations of ${plan.name}`),
    );
    this.#derivations = new Map(
      plan.parameters.map(({ value, derivation }) => [value, derivation]),
    );
  }

  /** Bytes of the arena. */
  get arenaBytes(): number {
    return this.#places.elements * DATA_BYTES[this.type];
  }

  /** Bytes of packed parameters. */
  get parameterBytes(): number {
    return this.#parameterBytes;
  }

  /** Every packed parameter; null where some are made of several weights. */
  get packedWeights(): readonly PackedWeight[] | null {
    return this.#packedWeights;
  }

  /** Element type of activations and weights. */
  get type(): DataType {
    return this.arithmetic.type;
  }

  /** Element type of an activation. */
  typeOf(id: ValueId): DataType {
    return this.#types[id];
  }

  /** Shape of a value, in logical order. */
  shape(id: ValueId): Shape {
    return this.#plan.values[id].shape;
  }

  isParameter(id: ValueId): boolean {
    return this.#derivations.has(id);
  }

  /** Address of an activation. */
  activation(id: ValueId): bigint {
    const offset = this.#places.offsets[id];
    if (offset === null) throw new TypeError(`${this.#plan.values[id].name} has no place`);
    return this.#arena.id + BigInt(offset * DATA_BYTES[this.type]);
  }

  /** Address of an activation that kernels read in single precision, whatever the plan computes in. */
  statistic(id: ValueId): bigint {
    if (this.#types[id] === "f32") return this.activation(id);
    throw new TypeError(`${this.#plan.values[id].name} is read as a statistic and as elements`);
  }

  /** A number a channel, in single precision. */
  vector(id: ValueId): bigint {
    return this.#inOrder(`${id}`, "f32", { id, C: 1, inner: 1 });
  }

  /** A number a channel, in the type of the plan, as engines want it. */
  bias(id: ValueId): bigint {
    return this.#inOrder(`${id} bias`, this.type, { id, C: 1, inner: 1 });
  }

  /** A parameter whose first axis stays and whose second goes last: (K, C, taps) as (K, taps, C). */
  weights(id: ValueId): bigint {
    const [, C, ...taps] = this.shape(id);
    return this.#inOrder(`${id} weights`, this.type, { id, C, inner: elements(taps) });
  }

  /** A parameter of one number an element, (C, voxels) as (voxels, C). */
  plane(id: ValueId): bigint {
    const [C, ...spatial] = this.shape(id);
    return this.#inOrder(`${id} plane`, this.type, { id, C, inner: elements(spatial) });
  }

  #inOrder(key: string, type: DataType, { id, C, inner }: PackedOrder): bigint {
    const [kept, known] = [this.#packedWeights, this.#packed.has(key)];
    const address = this.pack(
      key,
      this.shape(id),
      type,
      (get) => C === 1 ? get(id) : channelsToLast(get(id), C, inner),
    );
    const derivation = this.#derivations.get(id)!;
    if (known || kept === null || derivation.kind !== "given") return address;
    this.#packedWeights = [...kept, { name: derivation.name, address, type, C, inner }];
    return address;
  }

  /**
   * Numbers made of parameters, on the device; made again when other weights are loaded.
   *
   * @param key tells them from others
   * @param shape how many they are
   * @param type that they are rounded to
   */
  pack(key: string, shape: Shape, type: DataType, make: (get: Get) => Numbers): bigint {
    const known = this.#packed.get(key);
    if (known) return known;
    this.#packedWeights = null;
    const bytes = elements(shape) * DATA_BYTES[type];
    const memory = this.#owned.use(this.#target.allocate(bytes, "weights"));
    const get = (id: ValueId) => asFloat64(materialise(this.#derivations.get(id)!, this.#weights));
    const fill = () => this.#target.fill(memory.id, () => rounded(make(get), type), "weights");
    fill();
    this.#fills.push(fill);
    this.#packed.set(key, memory.id);
    this.#parameterBytes += bytes;
    return memory.id;
  }

  /** Packs other weights into the same places. */
  load(weights: WeightSource): void {
    this.#weights = weights;
    for (const fill of this.#fills) fill();
  }
}

/** (outer, C, inner) as (outer, inner, C). */
function channelsToLast(from: Numbers, C: number, inner: number): Float32Array {
  const to = new Float32Array(from.length);
  let at = 0;
  for (let start = 0; start < from.length; start += C * inner) {
    for (let i = 0; i < inner; i++) {
      for (let c = 0; c < C; c++) to[at++] = from[start + c * inner + i];
    }
  }
  return to;
}
