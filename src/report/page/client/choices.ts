/// <reference lib="dom" />
/**
 * In the browser: of the pieces of a choice one is shown. Without this script all of them are.
 *
 * @module
 */

for (const choice of document.querySelectorAll<HTMLElement>(".choice")) {
  const select = choice.querySelector("select")!;
  const options = [...choice.querySelectorAll<HTMLElement>(":scope > .option")];
  const show = () => options.forEach((one, i) => one.hidden = i !== select.selectedIndex);
  select.addEventListener("change", show);
  choice.classList.add("ready");
  show();
}

export {};
