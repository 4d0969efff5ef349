// Rows ticked together: [data-select] in each row, [data-select-all] in the head, and the bar
// [data-bulk] that counts them and sums their data-amount, in whole cents.

const boxes = () => [...document.querySelectorAll("[data-select]")];
let anchor = null;

const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });
// A French page may write its decimals after a comma.
const cents = (box) => Math.round(Number((box.dataset.amount ?? "0").replace(",", ".")) * 100);

function refresh() {
  const all = boxes();
  const chosen = all.filter((box) => box.checked);
  const head = document.querySelector("[data-select-all]");
  if (head) {
    head.checked = all.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  bar.hidden = chosen.length === 0;
  const [one, many] = (bar.dataset.words ?? "ligne,lignes").split(",");
  bar.querySelector("[data-bulk-count]").textContent = `${chosen.length} ${chosen.length < 2 ? one : many}`;
  const sum = bar.querySelector("[data-bulk-sum]");
  if (sum) sum.textContent = euros.format(chosen.reduce((total, box) => total + cents(box), 0) / 100);
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-select]");
  if (box) {
    if (event.shiftKey && anchor?.isConnected) {
      const all = boxes();
      const [from, to] = [all.indexOf(anchor), all.indexOf(box)].sort((a, b) => a - b);
      for (const between of all.slice(from, to + 1)) between.checked = box.checked;
    }
    anchor = box;
  }
  if (event.target.closest("[data-select-none]")) for (const each of boxes()) each.checked = false;
  if (event.target.closest("[data-select-all]")) {
    for (const each of boxes()) each.checked = event.target.checked;
  }
  if (event.target.closest("[data-select], [data-select-all], [data-select-none]")) refresh();
});

document.addEventListener("htmx:after:swap", refresh);
// The browser puts ticks back when the person comes back to the page.
addEventListener("pageshow", refresh);
