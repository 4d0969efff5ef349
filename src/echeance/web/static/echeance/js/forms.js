// A form [data-submit-on-change] applies as its controls change, where htmx is not at work.
// A form that was posted cannot be posted twice by impatience: it is inert until the next page,
// or for a few seconds when the answer is a file and the page stays.

const DOWNLOAD_DELAY = 8000;

document.addEventListener("change", (event) => {
  event.target.closest("form[data-submit-on-change]")?.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (event.submitter?.formTarget === "_blank") return; // the answer opens elsewhere
  // Later: the browser reads the fields and the pressed button first.
  setTimeout(() => (form.inert = true));
  setTimeout(() => (form.inert = false), DOWNLOAD_DELAY);
});

// A page that comes back from the browser's memory comes back as it was left.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[inert]")) form.inert = false;
});
