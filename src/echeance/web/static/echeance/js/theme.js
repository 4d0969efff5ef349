// Light or dark. Loaded before the style sheets, so that a chosen theme shows from the first paint;
// without a choice, or without script, the page follows the system.
(() => {
  const root = document.documentElement;
  const KEY = "echeance.theme";
  const chosen = localStorage.getItem(KEY);
  if (chosen) root.dataset.theme = chosen;

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const next = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    localStorage.setItem(KEY, next);
  });
})();
