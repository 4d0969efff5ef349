// A button [data-copy="id"] puts the text of that field on the clipboard, and says so.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  const field = button && document.getElementById(button.dataset.copy);
  if (!field) return;
  field.select();
  // The clipboard of navigator asks for https; a workshop may serve its pages without.
  if (document.execCommand("copy")) button.textContent = button.dataset.copied;
});
