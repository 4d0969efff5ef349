// A payment shared over documents: form[data-sharing] holds the amount received. A tick [data-fill]
// gives a document what it still owes, within what is left; the foot sums as one types, in cents.

const form = document.querySelector("form[data-sharing]");
const euros = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" });

const cents = (text) => {
  const number = Number(String(text).replace(/[\s\u00a0\u202f€]/g, "").replace(",", "."));
  return Number.isFinite(number) ? Math.round(number * 100) : 0;
};
const written = (value) => (value / 100).toFixed(2).replace(".", ",");
const shares = () => [...form.querySelectorAll("[data-share]")];
const sum = (inputs) =>
  inputs.reduce((total, input) => total + Number(input.dataset.share) * cents(input.value), 0);

function differences() {
  return [...form.querySelectorAll("[data-difference]")].reduce((total, input) => {
    const kind = input.closest(".form-row").querySelector("[data-difference-kind]");
    if (!kind.value) return total;
    const over = kind.dataset.over.split(",").includes(kind.value);
    return total + (over ? -1 : 1) * cents(input.value);
  }, 0);
}

// What the documents may take: the money, and what a deduction explains.
const left = (inputs) => cents(form.dataset.sharing) + differences() - sum(inputs);

function refresh() {
  const rest = left(shares());
  form.querySelector("[data-sum-line]").hidden = false;
  form.querySelector("[data-sum-given]").textContent = euros.format(sum(shares()) / 100);
  const shown = form.querySelector("[data-sum-left]");
  shown.textContent = euros.format(rest / 100);
  shown.classList.toggle("is-bad", rest < 0);
}

function fill(box) {
  const row = box.closest("tr");
  const input = row.querySelector("[data-share]");
  if (!box.checked) {
    input.value = "";
    return;
  }
  const open = cents(row.dataset.open);
  const rest = left(shares().filter((one) => one !== input));
  const given = Number(input.dataset.share) < 0 ? open : Math.min(open, Math.max(rest, 0));
  input.value = given ? written(given) : "";
}

if (form) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-fill]")) fill(event.target);
    refresh();
  });
  form.addEventListener("input", refresh);
  refresh();
}
