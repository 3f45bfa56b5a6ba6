/// <reference lib="dom" />
/**
 * In the browser: what a mark of a plot stands for, where it is pointed at. The marks say it of
 * themselves, as whoever drew them wrote it.
 *
 * @module
 */

const SHOWN = ["point", "bar", "circle", "tick"];

const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
document.body.append(tip);

function tipAt(event: PointerEvent): string | null {
  const mark = event.target instanceof Element
    ? event.target.closest<SVGElement>(".plot [data-tip][data-mark]")
    : null;
  return mark && SHOWN.includes(mark.dataset.mark!) ? mark.dataset.tip! : null;
}

for (const kind of ["pointermove", "pointerdown"] as const) {
  document.addEventListener(kind, (event) => {
    const text = tipAt(event);
    tip.hidden = text === null;
    if (text === null) return;
    tip.textContent = text.replaceAll("; ", "\n");
    const beyond = event.clientX + tip.offsetWidth + 24 > document.documentElement.clientWidth;
    tip.style.left = `${Math.max(4, event.clientX + (beyond ? -12 - tip.offsetWidth : 12))}px`;
    tip.style.top = `${event.clientY + 12}px`;
  });
}
document.addEventListener("scroll", () => tip.hidden = true, { passive: true });

export {};
