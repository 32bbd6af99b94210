// A border drawn on the picture of a page: the numbers of the form follow the frame, and the frame the numbers, so that keys do as well.
"use strict";

const drawing = document.querySelector("form[data-draw]"), sheet = document.querySelector(".beside-page a.whole");

if (drawing && sheet && drawing.elements.x0) {
  const picture = sheet.querySelector("img"), frame = document.createElement("span"), wide = Number(drawing.dataset.wide), high = Number(drawing.dataset.high);
  const edges = ["x0", "y0", "x1", "y1"].map((name) => drawing.elements[name]), parted = drawing.elements.columns;
  let from = null;
  frame.className = "frame";
  sheet.classList.add("drawing");
  sheet.append(frame);
  const point = (event) => {
    const place = picture.getBoundingClientRect(), within = (at, most) => Math.min(Math.max(at, 0), most);
    return [within((event.clientX - place.left) / place.width, 1) * wide, within((event.clientY - place.top) / place.height, 1) * high];
  };
  const show = () => {
    const [x0, y0, x1, y1] = edges.map((edge) => Number(edge.value));
    frame.hidden = edges.some((edge) => edge.value === "");
    Object.assign(frame.style, { left: `${100 * x0 / wide}%`, top: `${100 * y0 / high}%`, width: `${100 * (x1 - x0) / wide}%`, height: `${100 * (y1 - y0) / high}%` });
    const cuts = (parted?.value ?? "").split(/[,，;；\s]+/).filter(Boolean).map(Number).filter((x) => x > x0 && x < x1);
    frame.replaceChildren(...cuts.map((x) => { const line = document.createElement("i"); line.style.left = `${100 * (x - x0) / (x1 - x0)}%`; return line; }));
  };
  const put = (a, b) => {
    [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])].forEach((edge, number) => { edges[number].value = edge.toFixed(1); });
    show();
  };
  sheet.addEventListener("click", (event) => event.preventDefault());
  sheet.addEventListener("dragstart", (event) => event.preventDefault());
  sheet.addEventListener("pointerdown", (event) => {
    if (event.shiftKey && parted) { parted.value = [parted.value, point(event)[0].toFixed(1)].filter(Boolean).join(", "); show(); return; }
    from = point(event);
    sheet.setPointerCapture(event.pointerId);
  });
  sheet.addEventListener("pointermove", (event) => { if (from) put(from, point(event)); });
  sheet.addEventListener("pointerup", () => { from = null; });
  drawing.addEventListener("input", show);
  show();
}
