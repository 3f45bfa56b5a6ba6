/**
 * The viewer in HTML: its controls, and its scans as data that the browser's script opens.
 *
 * @module
 */

import type { Viewer } from "../document.ts";
import type { ViewerScan } from "../viewer/viewer.ts";
import { dataJson, escaped } from "./escape.ts";

/** The viewer, whole; what is written here by `data-role` is what its script looks for. */
export function viewerHtml({ name, scans, start }: Viewer): string {
  const options = scans.map(({ case: index, text }) =>
    `<option value="${index}">${escaped(text)}</option>`
  );
  const slice = start.slice === undefined ? "" : ` data-start-slice="${start.slice}"`;
  const list = (role: string, label: string, inner = "") =>
    `<label>${label} <select data-role="${role}">${inner}</select></label>`;
  const radio = (role: string, text: string, checked: string) =>
    `<label><input type="radio" name="${name}-style" data-role="${role}"${checked}> ${text}</label>`;
  const scanList = list("scan", "Scan", options.join(""));
  return `<div class="viewer" id="${name}" data-start="${start.case}"${slice}>
<p class="unready">The viewer needs a browser that runs the scripts of this page.</p>
<div class="controls">
${scans.length > 1 ? scanList : scanList.replace("<label>", "<label hidden>")}
${list("window", "Window")}
${list("first", '<span class="swatch first"></span>First mask')}
${list("second", '<span class="swatch second"></span>Second mask')}
<label><input type="checkbox" data-role="truth" checked> <span class="swatch truth"></span>Truth</label>
<span role="radiogroup" aria-label="How masks are drawn">${
    radio("outlines", "outlines", " checked")
  }
${radio("fills", "fills", "")}</span>
</div>
<div class="stage">
<div class="picture"><canvas data-role="canvas" tabindex="0" role="img" aria-label="The slice"></canvas></div>
<div class="beside">
<svg data-role="plot" viewBox="0 0 480 170" tabindex="0" role="img" aria-label="Area of the masks by slice; a click or the arrow keys go to a slice"></svg>
<table><caption>In this slice</caption><thead><tr><th scope="col">mask</th><th scope="col">pixels</th><th scope="col">Dice</th></tr></thead><tbody data-role="numbers"></tbody></table>
<p><button type="button" data-role="worst">Where the masks are most wrong</button>
<button type="button" data-role="fullest">Where the lesion is largest</button></p>
</div>
</div>
<div class="slider"><label>Slice <input type="range" data-role="slice" min="0" max="0" step="1" value="0"></label>
<output data-role="place"></output></div>
<p class="remarks">Axial slices seen from below: the patient's right is on the left. Slice 0 is the
lowest. The wheel, the arrow keys and a click on the curve change the slice. ${sizeText(scans)}</p>
</div>
<script type="application/json" id="${name}-scans">${dataJson(scans.map(describe))}</script>
${scans.map((scan, place) => dataHtml(`${name}-${place}`, scan)).join("\n")}`;
}

/** What of a scan the script must know before it opens a slice. */
function describe({ grey, bits, windows, ...scan }: ViewerScan) {
  return {
    ...scan,
    windows: windows.map(({ text, tables }) => ({ text, tables: tables.map(base64) })),
    lengths: { grey: grey.map(base64Length), bits: bits.map(base64Length) },
  };
}

/** The slices of a scan as text that no browser looks at before it is asked to. */
function dataHtml(id: string, { grey, bits }: ViewerScan): string {
  const block = (part: string, planes: readonly Uint8Array[]) =>
    `<script type="text/plain" id="${id}-${part}">${planes.map(base64).join("")}</script>`;
  return `${block("grey", grey)}\n${block("bits", bits)}`;
}

function sizeText(scans: readonly ViewerScan[]): string {
  const smaller = scans.some(({ plane, source }) => plane[0] < source[0] || plane[1] < source[1]);
  const said = smaller
    ? "Slices are shown smaller than they are, their numbers are of the scan itself"
    : "Slices are shown at their own size";
  return `${said}; grey values are rounded to what a screen can show.`;
}

function base64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

function base64Length({ length }: Uint8Array): number {
  return 4 * Math.ceil(length / 3);
}
