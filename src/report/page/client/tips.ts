/// <reference lib="dom" />
/**
 * In the browser: what a mark of a plot stands for, where it is pointed at. The plots say it of
 * themselves (`aria-label`), as whoever drew them wrote it.
 *
 * @module
 */

const MARKS = ".plot [aria-label][aria-roledescription]";
const SHOWN = ["point", "bar", "circle", "tick"];

const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
document.body.append(tip);

function markAt(event: PointerEvent): Element | null {
  const mark = event.target instanceof Element ? event.target.closest(MARKS) : null;
  return mark && SHOWN.includes(mark.getAttribute("aria-roledescription")!) ? mark : null;
}

for (const kind of ["pointermove", "pointerdown"] as const) {
  document.addEventListener(kind, (event) => {
    const mark = markAt(event);
    tip.hidden = mark === null;
    if (mark === null) return;
    tip.textContent = mark.getAttribute("aria-label")!.replaceAll("; ", "\n");
    const beyond = event.clientX + tip.offsetWidth + 24 > document.documentElement.clientWidth;
    tip.style.left = `${Math.max(4, event.clientX + (beyond ? -12 - tip.offsetWidth : 12))}px`;
    tip.style.top = `${event.clientY + 12}px`;
  });
}
document.addEventListener("scroll", () => tip.hidden = true, { passive: true });

export {};
