// A board of columns ([data-board] > [data-column]): left and right go to the same place of the
// next column that has a card, so that nothing needs a pointer. Up, down, j and k are the list's.

const typed = "input, textarea, select, [contenteditable]";

function cards(column) {
  return [...column.querySelectorAll("[data-row]")];
}

document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest(typed) || document.querySelector("dialog[open]")) return;
  const columns = [...document.querySelectorAll("[data-board] [data-column]")];
  const filled = columns.filter((column) => cards(column).length);
  if (!filled.length) return;
  const row = document.activeElement?.closest("[data-row]");
  const from = row ? filled.indexOf(row.closest("[data-column]")) : -1;
  const place = row ? cards(row.closest("[data-column]")).indexOf(row) : 0;
  const to = from < 0 ? 0 : Math.min(Math.max(from + step, 0), filled.length - 1);
  const there = cards(filled[to]);
  const next = there[Math.min(place, there.length - 1)];
  event.preventDefault();
  next.querySelector("[data-focus]")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
});
