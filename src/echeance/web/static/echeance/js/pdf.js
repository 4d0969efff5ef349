// Draws the file of [data-pdf] page by page on canvases. pdf.js is loaded on first use; its
// addresses come from the page, because hashed names cannot be guessed here.

async function draw(box) {
  box.dataset.state = "loading";
  try {
    const pdfjs = await import(box.dataset.library);
    pdfjs.GlobalWorkerOptions.workerSrc = box.dataset.worker;
    const file = await pdfjs.getDocument({
      url: box.dataset.pdf,
      standardFontDataUrl: box.dataset.fonts,
      wasmUrl: box.dataset.wasm,
      isEvalSupported: false, // the page forbids it
    }).promise;
    for (let number = 1; number <= file.numPages && box.isConnected; number += 1) {
      const page = await file.getPage(number);
      const width = page.getViewport({ scale: 1 }).width;
      const scale = (box.clientWidth / width) * Math.min(devicePixelRatio, 2);
      const viewport = page.getViewport({ scale });
      const canvas = document.createElement("canvas");
      canvas.width = viewport.width;
      canvas.height = viewport.height;
      canvas.setAttribute("aria-hidden", "true"); // the link to the file is the accessible way
      box.querySelector("[data-pdf-wait]")?.remove();
      box.append(canvas);
      await page.render({ canvas, viewport }).promise;
    }
    box.dataset.state = "ready";
  } catch (problem) {
    box.dataset.state = "failed";
    const wait = box.querySelector("[data-pdf-wait]");
    if (wait) wait.textContent = box.dataset.failed;
    console.warn("pdf", problem);
  }
}

function drawAll() {
  for (const box of document.querySelectorAll("[data-pdf]:not([data-state])")) draw(box);
}

document.addEventListener("htmx:after:swap", drawAll);
drawAll();
