// Everything by keyboard. j and k walk the rows ([data-row]) by focusing their [data-focus] element
// or first link, so Enter is the browser's own; x ticks the row; any other key presses the
// [data-shortcut] element nearest to the focus. Single letters can be switched off (WCAG 2.1.4).

const user = document.body.dataset.user ?? "";
const OFF = `echeance.shortcuts-off.${user}`;
const help = document.getElementById("help");
const toggle = document.querySelector("[data-shortcuts-toggle]");

const rows = () => [...document.querySelectorAll("[data-row]")];
const target = (row) => row.querySelector("[data-focus]") ?? row.querySelector("a, button");
const currentRow = () =>
  document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row].is-open");

function isTyping(element) {
  return element.closest(
    "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]",
  );
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const from = all.indexOf(currentRow());
  const first = step > 0 ? 0 : all.length - 1;
  const next = all[from < 0 ? first : Math.min(Math.max(from + step, 0), all.length - 1)];
  const link = target(next);
  link?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  // An open pane follows the row.
  if (link?.matches("[data-open-pane]") && document.querySelector("#pane:not([hidden])")) link.click();
}

// htmx starts a moment after the page: a key pressed before that waits for it, or the browser
// would send the form as a whole page.
function click(element) {
  const sender = element.closest("[hx-get], [hx-post]");
  if (!window.htmx || !sender || sender.dataset.htmxPowered) element.click();
  else requestAnimationFrame(() => click(element));
}

function press(key) {
  const selector = `[data-shortcut="${CSS.escape(key)}"]`;
  const places = [currentRow(), document.querySelector("dialog[open]"), document];
  for (const place of places) {
    const found = [...(place?.querySelectorAll(selector) ?? [])].find(
      (element) => element.checkVisibility() && !element.disabled,
    );
    if (!found) continue;
    if (found.matches("input, select, textarea")) {
      found.focus();
      found.select?.();
    } else {
      click(found);
    }
    return true;
  }
  return false;
}

function act(key) {
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "x") currentRow()?.querySelector("[data-select]")?.click();
  else if (key === "?") help?.showModal();
  else return press(key);
  return true;
}

// Where a page is worked through row by row ([data-arrows]), the arrows walk too.
function arrow(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (!document.querySelector("[data-arrows] [data-row]")) return;
  event.preventDefault();
  move(step);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  arrow(event);
  if (event.key.length !== 1 || isTyping(event.target)) return;
  if (localStorage.getItem(OFF) && event.key !== "?") return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog ? press(event.key) : act(event.key)) event.preventDefault();
});

if (toggle) {
  toggle.checked = !localStorage.getItem(OFF);
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}
