// A form [data-drop] takes a file dropped or pasted anywhere on its page.

const zone = () => document.querySelector("form[data-drop]");

const take = (event, files) => {
  const input = zone()?.querySelector("input[type=file]");
  if (!input || !files?.length) return;
  event.preventDefault();
  input.files = files;
  input.focus();
};

addEventListener("dragover", (event) => zone() && event.preventDefault());
addEventListener("drop", (event) => take(event, event.dataTransfer?.files));
addEventListener("paste", (event) => take(event, event.clipboardData?.files));
