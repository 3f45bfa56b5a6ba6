/// <reference lib="dom" />
/**
 * In the browser: paper shows what is folded on the screen, and a small screen folds the contents.
 *
 * @module
 */

let opened: HTMLDetailsElement[] = [];

addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll<HTMLDetailsElement>("main details:not([open])")];
  for (const one of opened) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of opened) one.open = false;
});

const contents = document.querySelector<HTMLDetailsElement>("nav details");
const narrow = matchMedia("(max-width: 64rem)");
const arrange = () => {
  if (contents) contents.open = !narrow.matches;
};
narrow.addEventListener("change", arrange);
arrange();

// a link into a fold opens it
function reveal(): void {
  const target = location.hash ? document.getElementById(location.hash.slice(1)) : null;
  for (let at = target?.closest("details"); at; at = at.parentElement?.closest("details")) {
    at.open = true;
  }
}
addEventListener("hashchange", reveal);
reveal();

export {};
