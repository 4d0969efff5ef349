// The editor by keyboard: Alt+L adds a line, Ctrl+Enter saves; an article chosen in the list fills
// the blank cells of its line. Without this script, the buttons do the same.

const editor = () => document.querySelector("form[data-editor]");

document.addEventListener("keydown", (event) => {
  const form = editor();
  if (!form || event.isComposing) return;
  if (event.altKey && !event.ctrlKey && event.code === "KeyL") {
    event.preventDefault();
    form.querySelector("[data-add-line]")?.click();
  } else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-save]"));
  }
});

document.addEventListener("change", (event) => {
  const form = editor();
  if (!form || event.target.name !== "item" || !event.target.value) return;
  const row = event.target.closest("tr");
  const blank = ["name", "price"].some((name) => !row?.querySelector(`[name="${name}"]`)?.value);
  if (blank) form.querySelector("[data-fill]")?.click();
});

// Cells copied from a spreadsheet and pasted in a cell of a grid become rows of the grid.
document.addEventListener("paste", (event) => {
  const form = event.target.closest?.("form[data-grid]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!form || event.target.matches("textarea") || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  form.querySelector("textarea[name=pasted]").value = text;
  form.querySelector("[data-paste]").click();
});
