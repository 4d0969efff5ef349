// Toasts leave by themselves, except while read (hover or focus) or when they carry an undo that
// was not seen yet; a request that failed without an answer says so instead of doing nothing.

const STAY = 6000;
const STAY_WITH_ACTION = 12000;
const toasts = document.getElementById("toasts");
const notices = document.getElementById("notices");

function watch(toast) {
  toast.dataset.watched = "1";
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, STAY);
    else toast.remove();
  };
  setTimeout(leave, toast.querySelector("form") ? STAY_WITH_ACTION : STAY);
}

function watchAll() {
  for (const toast of toasts?.querySelectorAll(".toast:not([data-watched])") ?? []) watch(toast);
}

function sayUnreachable() {
  const template = document.getElementById("unreachable");
  if (notices && template) notices.replaceChildren(template.content.cloneNode(true));
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast, .notice")?.remove();
});
document.addEventListener("htmx:before:request", () => notices?.replaceChildren());
document.addEventListener("htmx:after:swap", () => {
  watchAll();
  notices?.querySelector(".notice")?.scrollIntoView({ block: "nearest" });
});
document.addEventListener("htmx:error", sayUnreachable);
document.addEventListener("htmx:response:error", (event) => {
  const { response, text } = event.detail.ctx;
  // A business error brings its own notice; a crash or a proxy's page does not.
  if (response.status >= 500 && !text?.includes("<hx-partial")) sayUnreachable();
});
watchAll();
