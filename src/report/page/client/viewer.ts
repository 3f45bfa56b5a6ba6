/// <reference lib="dom" />
/**
 * In the browser: shows scans slice by slice, with masks and the area-plot beside them.
 *
 * Scans lie in the page as text, one packed plane a slice (`report/viewer/packing.ts`); a plane is
 * opened when it is looked at. Each viewer stands for itself; what of it is shown is told to the
 * outside by `data-case` and `data-slice` once it is drawn.
 *
 * @module
 */

interface Mask {
  readonly text: string;
  readonly of: "truth" | "2D" | "3D";
  readonly areas: readonly number[];
  readonly hits: readonly number[] | null;
}

interface Scan {
  readonly case: number;
  readonly text: string;
  readonly plane: readonly [number, number];
  readonly source: readonly [number, number];
  readonly aspect: number;
  readonly windows: readonly { readonly text: string; readonly tables: readonly string[] }[];
  readonly masks: readonly Mask[];
  /** Characters of each slice in the text of the grey values and of the masks. */
  readonly lengths: { readonly grey: readonly number[]; readonly bits: readonly number[] };
}

/** What is drawn of a mask: its place among the bits, and the class of its colour. */
interface Shown {
  readonly bit: number;
  readonly mask: Mask;
  readonly slot: "truth" | "first" | "second";
}

/** A slice that was opened. */
interface Opened {
  readonly grey: Uint8Array;
  readonly bits: Uint8Array;
}

/** Slices that are kept open. */
const KEPT = 96;
/** Slices ahead that are opened while a reader looks. */
const AHEAD = 3;
/** Share of a mask's colour over the grey below. */
const OPACITY = 0.45;
/** Pixels of a wheel or a touchpad that make one slice. */
const NOTCH = 40;
/** Units of the area-plot: width, height, and what stays free around the curves. */
const PLOT = { width: 480, height: 170, left: 8, right: 8, top: 10, bottom: 24 } as const;

const SVG = "http://www.w3.org/2000/svg";

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** The plane that was packed: inflated, and each pixel added to the one before it. */
async function unpacked(base64: string, width: number): Promise<Uint8Array> {
  const stream = new Blob([bytesOf(base64)]).stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  const plane = new Uint8Array(await new Response(stream).arrayBuffer());
  for (let at = 1; at < plane.length; at++) {
    plane[at] += at % width > 0 ? plane[at - 1] : plane[at - width];
  }
  return plane;
}

/** Where the text of each slice begins, and where the last one ends. */
function startsOf(lengths: readonly number[]): number[] {
  const starts = [0];
  for (const length of lengths) starts.push(starts[starts.length - 1] + length);
  return starts;
}

/** The slices of one scan, opened when they are asked for. */
class Slices {
  readonly #scan: Scan;
  readonly #texts: { readonly grey: string; readonly bits: string };
  readonly #starts: { readonly grey: number[]; readonly bits: number[] };
  readonly #opened = new Map<number, Promise<Opened>>();

  constructor(scan: Scan, texts: { readonly grey: string; readonly bits: string }) {
    this.#scan = scan;
    this.#texts = texts;
    this.#starts = { grey: startsOf(scan.lengths.grey), bits: startsOf(scan.lengths.bits) };
  }

  get count(): number {
    return this.#scan.lengths.grey.length;
  }

  open(slice: number): Promise<Opened> {
    const known = this.#opened.get(slice);
    if (known) {
      this.#opened.delete(slice);
      this.#opened.set(slice, known);
      return known;
    }
    const opening = this.#unpack(slice);
    this.#opened.set(slice, opening);
    for (const oldest of this.#opened.keys()) {
      if (this.#opened.size <= KEPT) break;
      this.#opened.delete(oldest);
    }
    return opening;
  }

  async #unpack(slice: number): Promise<Opened> {
    const width = this.#scan.plane[1];
    const textOf = (part: "grey" | "bits") =>
      this.#texts[part].slice(this.#starts[part][slice], this.#starts[part][slice + 1]);
    const [grey, bits] = await Promise.all([
      unpacked(textOf("grey"), width),
      unpacked(textOf("bits"), width),
    ]);
    return { grey, bits };
  }
}

/** An element of a viewer by its role, which the page is written with. */
function part<E extends Element>(root: Element, role: string): E {
  const found = root.querySelector<E>(`[data-role="${role}"]`);
  if (!found) throw new Error(`the viewer has no ${role}`);
  return found;
}

function element<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** Dice of a slice from counts of pixels; null where both masks are empty. */
function diceOf(area: number, truth: number, hits: number): number | null {
  return area + truth === 0 ? null : 2 * hits / (area + truth);
}

class Viewer {
  readonly #root: HTMLElement;
  readonly #scans: readonly Scan[];
  readonly #canvas: HTMLCanvasElement;
  readonly #slider: HTMLInputElement;
  readonly #plot: SVGSVGElement;
  readonly #small = document.createElement("canvas");
  #slices!: Slices;
  #scan!: Scan;
  #slice = 0;
  #asked = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#scans = JSON.parse(document.getElementById(`${root.id}-scans`)!.textContent!);
    this.#canvas = part(root, "canvas");
    this.#slider = part(root, "slice");
    this.#plot = part(root, "plot");
    this.#listen();
    const start = Number(root.dataset.start);
    this.choose(start, root.dataset.startSlice ? Number(root.dataset.startSlice) : undefined);
    root.classList.add("ready");
  }

  #select(role: string): HTMLSelectElement {
    return part(this.#root, role);
  }

  /** Shows a scan, at a slice or where the shown masks are most wrong. */
  choose(index: number, slice?: number): void {
    const place = Math.max(0, this.#scans.findIndex((one) => one.case === index));
    const scan = this.#scans[place];
    this.#scan = scan;
    const textOf = (name: string) =>
      document.getElementById(`${this.#root.id}-${place}-${name}`)!.textContent!;
    this.#slices = new Slices(scan, { grey: textOf("grey"), bits: textOf("bits") });
    this.#select("scan").value = String(scan.case);
    fill(this.#select("window"), scan.windows.map(({ text }) => text));
    const models = scan.masks.filter(({ of }) => of !== "truth").map(({ text }) => text);
    const kinds = scan.masks.filter(({ of }) => of !== "truth").map(({ of }) => of);
    const flat = kinds.indexOf("2D");
    const solid = kinds.indexOf("3D");
    const first = flat >= 0 ? flat : 0;
    const second = flat >= 0 && solid >= 0 ? solid : models.length > 1 ? 1 : -1;
    keep(this.#select("first"), ["none", ...models], first);
    keep(this.#select("second"), ["none", ...models], second);
    this.#slider.max = String(this.#slices.count - 1);
    this.#show(slice ?? this.worst());
  }

  /** Masks to draw, the truth first. */
  #shown(): Shown[] {
    const { masks } = this.#scan;
    const truth = masks.findIndex(({ of }) => of === "truth");
    const ofSlot = (slot: "first" | "second") =>
      masks.findIndex(({ text, of }) => of !== "truth" && text === this.#select(slot).value);
    const wanted: [number, Shown["slot"]][] = [
      [part<HTMLInputElement>(this.#root, "truth").checked ? truth : -1, "truth"],
      [ofSlot("first"), "first"],
      [ofSlot("second"), "second"],
    ];
    return wanted.filter(([bit]) => bit >= 0)
      .map(([bit, slot]) => ({ bit, mask: masks[bit], slot }));
  }

  /** The slice where most pixels of the shown masks are wrong; without a truth the fullest one. */
  worst(): number {
    const truth = this.#scan.masks.find(({ of }) => of === "truth");
    const shown = this.#shown().filter(({ slot }) => slot !== "truth");
    return this.#highest((z) =>
      shown.reduce(
        (sum, { mask }) =>
          sum + mask.areas[z] + (truth ? truth.areas[z] - 2 * (mask.hits?.[z] ?? 0) : 0),
        0,
      )
    );
  }

  /** The slice with the largest true area; without a truth that of the shown masks. */
  fullest(): number {
    const truth = this.#scan.masks.find(({ of }) => of === "truth");
    if (truth) return this.#highest((z) => truth.areas[z]);
    return this.#highest((z) => this.#shown().reduce((sum, { mask }) => sum + mask.areas[z], 0));
  }

  /** The slice of the highest value; the middle one where all are nothing. */
  #highest(valueOf: (slice: number) => number): number {
    let [best, most] = [Math.floor(this.#slices.count / 2), 0];
    for (let z = 0; z < this.#slices.count; z++) {
      if (valueOf(z) > most) [best, most] = [z, valueOf(z)];
    }
    return best;
  }

  #show(slice: number): void {
    this.#slice = Math.min(this.#slices.count - 1, Math.max(0, Math.round(slice)));
    this.#slider.value = String(this.#slice);
    this.#slider.setAttribute("aria-valuetext", `slice ${this.#slice}`);
    const last = this.#slices.count - 1;
    part(this.#root, "place").textContent = `slice ${this.#slice} of 0 to ${last}`;
    this.#drawPlot();
    this.#tell();
    this.#draw();
  }

  async #draw(): Promise<void> {
    const [slices, slice, asked] = [this.#slices, this.#slice, ++this.#asked];
    const opened = await slices.open(slice);
    // a reader who turns on faster than slices open sees the last one
    if (asked !== this.#asked) return;
    this.#paint(opened);
    this.#root.dataset.case = String(this.#scan.case);
    this.#root.dataset.slice = String(slice);
    for (let ahead = 1; ahead <= AHEAD; ahead++) {
      for (const next of [slice + ahead, slice - ahead]) {
        if (next >= 0 && next < slices.count) void slices.open(next);
      }
    }
  }

  #paint({ grey, bits }: Opened): void {
    const { plane: [height, width], aspect, windows } = this.#scan;
    const shown = this.#shown();
    const filled = part<HTMLInputElement>(this.#root, "fills").checked;
    const tables = windows[this.#select("window").selectedIndex].tables;
    const table = bytesOf(tables[tables.length === 1 ? 0 : this.#slice]);
    const colours = shown.map(({ slot }) => this.#colourOf(slot));
    const image = new ImageData(width, height);
    for (let at = 0; at < grey.length; at++) {
      const level = table[grey[at]];
      let [red, green, blue] = [level, level, level];
      if (filled) {
        for (let i = 0; i < shown.length; i++) {
          if ((bits[at] >> shown[i].bit & 1) === 0) continue;
          red += OPACITY * (colours[i][0] - red);
          green += OPACITY * (colours[i][1] - green);
          blue += OPACITY * (colours[i][2] - blue);
        }
      }
      image.data.set([red, green, blue, 255], 4 * at);
    }
    this.#small.width = width;
    this.#small.height = height;
    this.#small.getContext("2d")!.putImageData(image, 0, 0);
    const canvas = this.#canvas;
    const across = Math.max(width, Math.round(canvas.clientWidth * devicePixelRatio));
    canvas.width = across;
    canvas.height = Math.round(across * aspect * height / width);
    const context = canvas.getContext("2d")!;
    context.imageSmoothingEnabled = !filled;
    context.drawImage(this.#small, 0, 0, canvas.width, canvas.height);
    if (!filled) {
      shown.forEach(({ bit }, i) => {
        context.strokeStyle = `rgb(${colours[i].join(",")})`;
        context.lineWidth = Math.max(1.5, canvas.width / 340);
        context.stroke(this.#outline(bits, bit, canvas));
      });
    }
    const told = shown.map(({ mask }) => mask.text).join(", ");
    canvas.setAttribute(
      "aria-label",
      `${this.#scan.text}, slice ${this.#slice}` + (told ? `, with masks: ${told}` : ""),
    );
  }

  /** Edges between pixels inside and outside of a mask, in the pixels of the canvas. */
  #outline(bits: Uint8Array, bit: number, canvas: HTMLCanvasElement): Path2D {
    const { plane: [height, width] } = this.#scan;
    const [stepX, stepY] = [canvas.width / width, canvas.height / height];
    const inside = (x: number, y: number) =>
      x >= 0 && y >= 0 && x < width && y < height && (bits[y * width + x] >> bit & 1) === 1;
    const path = new Path2D();
    for (let y = 0; y <= height; y++) {
      for (let x = 0; x <= width; x++) {
        const here = inside(x, y);
        if (here !== inside(x - 1, y)) {
          path.moveTo(x * stepX, y * stepY);
          path.lineTo(x * stepX, (y + 1) * stepY);
        }
        if (here !== inside(x, y - 1)) {
          path.moveTo(x * stepX, y * stepY);
          path.lineTo((x + 1) * stepX, y * stepY);
        }
      }
    }
    return path;
  }

  /** A colour of the style sheet: what is drawn by script and what is not look alike. */
  #colourOf(slot: Shown["slot"]): number[] {
    const colour = getComputedStyle(this.#root).getPropertyValue(`--${slot}`).trim();
    return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  }

  #drawPlot(): void {
    const shown = this.#shown();
    const last = Math.max(1, this.#slices.count - 1);
    const most = Math.max(1, ...shown.flatMap(({ mask }) => mask.areas));
    const { width, height, left, right, top, bottom } = PLOT;
    const x = (slice: number) => left + slice / last * (width - left - right);
    const y = (area: number) => height - bottom - area / most * (height - top - bottom);
    const base = y(0);
    const curves = shown.flatMap(({ mask, slot }) => {
      const places = mask.areas.map((area, z) => `${x(z).toFixed(1)},${y(area).toFixed(1)}`);
      const line = `M${places.join("L")}`;
      const under = `${line}L${x(mask.areas.length - 1).toFixed(1)},${base}L${x(0)},${base}Z`;
      return [
        ...(slot === "truth" ? [element("path", { d: under, class: "area truth" })] : []),
        element("path", { d: line, class: `curve ${slot}` }),
      ];
    });
    const words = (at: number, text: string, anchor: string) => {
      const made = element("text", { x: at, y: height - 6, "text-anchor": anchor });
      made.textContent = text;
      return made;
    };
    this.#plot.replaceChildren(
      element("line", { x1: left, x2: width - right, y1: base, y2: base, class: "axis" }),
      ...curves,
      element("line", {
        x1: x(this.#slice),
        x2: x(this.#slice),
        y1: top - 6,
        y2: base + 4,
        class: "cursor",
      }),
      words(left, "0", "start"),
      words(width / 2, "area of the masks by slice", "middle"),
      words(width - right, String(this.#slices.count - 1), "end"),
    );
  }

  /** The numbers of the slice, on the scan's own grid. */
  #tell(): void {
    const truth = this.#scan.masks.find(({ of }) => of === "truth");
    const rows = this.#shown().map(({ mask, slot }) => {
      const row = document.createElement("tr");
      const area = mask.areas[this.#slice];
      const dice = slot === "truth" || !truth || !mask.hits
        ? ""
        : diceOf(area, truth.areas[this.#slice], mask.hits[this.#slice])?.toFixed(3) ?? "undefined";
      const name = document.createElement("th");
      name.scope = "row";
      const swatch = document.createElement("span");
      swatch.className = `swatch ${slot}`;
      name.append(swatch, mask.text);
      row.append(name);
      for (const text of [String(area), dice]) {
        const cell = document.createElement("td");
        cell.textContent = text;
        row.append(cell);
      }
      return row;
    });
    part(this.#root, "numbers").replaceChildren(...rows);
  }

  #listen(): void {
    const root = this.#root;
    const again = () => this.#show(this.#slice);
    this.#select("scan").addEventListener(
      "change",
      () => this.choose(Number(this.#select("scan").value)),
    );
    for (const role of ["window", "first", "second", "truth", "fills", "outlines"]) {
      part(root, role).addEventListener("change", again);
    }
    this.#slider.addEventListener("input", () => this.#show(Number(this.#slider.value)));
    part(root, "worst").addEventListener("click", () => this.#show(this.worst()));
    part(root, "fullest").addEventListener("click", () => this.#show(this.fullest()));
    for (const target of [this.#canvas, this.#plot]) {
      target.addEventListener("keydown", (event) => this.#key(event as KeyboardEvent));
    }
    this.#canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.#plot.addEventListener("pointerdown", (event) => {
      this.#plot.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    this.#plot.addEventListener("pointermove", (event) => {
      if (this.#plot.hasPointerCapture(event.pointerId)) this.#point(event);
    });
    let width = 0;
    new ResizeObserver(([{ contentRect }]) => {
      if (Math.abs(contentRect.width - width) < 1) return;
      width = contentRect.width;
      again();
    }).observe(this.#canvas.parentElement!);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  }

  #key(event: KeyboardEvent): void {
    const last = this.#slices.count - 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowUp: this.#slice + 1,
      ArrowRight: this.#slice + 1,
      ArrowDown: this.#slice - 1,
      ArrowLeft: this.#slice - 1,
      PageUp: this.#slice + 10,
      PageDown: this.#slice - 10,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#show(target);
  }

  #turned = 0;

  /** Down is towards the feet, as slices count; at both ends the page scrolls on. */
  #wheel(event: WheelEvent): void {
    const down = event.deltaY > 0;
    if (event.ctrlKey || this.#slice === (down ? 0 : this.#slices.count - 1)) return;
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL
      ? event.deltaY
      : NOTCH * Math.sign(event.deltaY);
    if (Math.sign(pixels) !== Math.sign(this.#turned)) this.#turned = 0;
    this.#turned += pixels;
    const slices = Math.trunc(this.#turned / NOTCH);
    if (slices === 0) return;
    this.#turned -= slices * NOTCH;
    this.#show(this.#slice - slices);
  }

  #point(event: PointerEvent): void {
    const { left, width } = this.#plot.getBoundingClientRect();
    const at = (event.clientX - left) / width * PLOT.width;
    const share = (at - PLOT.left) / (PLOT.width - PLOT.left - PLOT.right);
    this.#show(share * (this.#slices.count - 1));
  }
}

/** Gives a list its options; the first one is chosen. */
function fill(select: HTMLSelectElement, texts: readonly string[]): void {
  select.replaceChildren(...texts.map((text) => new Option(text)));
  select.parentElement!.hidden = texts.length < 2;
}

/** The same, where what was chosen stays chosen, if it is there; else one of the models is. */
function keep(select: HTMLSelectElement, texts: readonly string[], model: number): void {
  const before = select.value;
  const known = select.options.length > 0 && texts.includes(before);
  fill(select, texts);
  select.selectedIndex = known ? texts.indexOf(before) : model + 1;
}

const viewers = new Map<string, Viewer>();
for (const root of document.querySelectorAll<HTMLElement>(".viewer")) {
  viewers.set(root.id, new Viewer(root));
}

// whatever in the page names a slice leads to it
for (const link of document.querySelectorAll<HTMLElement>("a[data-case]")) {
  link.addEventListener("click", () => {
    const { case: index, slice, viewer } = link.dataset;
    viewers.get(viewer!)?.choose(Number(index), slice === undefined ? undefined : Number(slice));
  });
}

export {};
