// The pane beside a list. A link [data-open-pane] with hx-target="#pane" fills it; Escape or
// [data-close-pane] closes it and gives the focus back to the link it came from.

const pane = document.getElementById("pane");
let opener = null;

const rowOf = (link) => link?.closest("[data-row]");

function close() {
  if (!pane || pane.hidden) return;
  pane.hidden = true;
  pane.replaceChildren();
  document.querySelector("[data-row].is-open")?.classList.remove("is-open");
  // A list that was refreshed meanwhile has the same row under the same id.
  const link = opener?.isConnected
    ? opener
    : document.getElementById(rowOf(opener)?.id)?.querySelector("[data-open-pane]");
  link?.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-pane]")) close();
  const link = event.target.closest("[data-open-pane]");
  if (!link) return;
  opener = link;
  document.querySelector("[data-row].is-open")?.classList.remove("is-open");
  rowOf(link)?.classList.add("is-open");
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open], .menu[open]")) close();
});

document.addEventListener("htmx:after:swap", () => {
  if (pane) pane.hidden = pane.childElementCount === 0;
});
