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
