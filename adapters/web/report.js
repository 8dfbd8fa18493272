// What moves on the report's page: the reading of the dose-volume curves, their switches and zoom, and groups that open when
// a link leads into them. Everything is there without it.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // A link within the page takes the keyboard along, and opens a group that is folded; Escape in it folds it again.
  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const group = target.closest("details");
    if (group) group.open = true;
    else target.tabIndex = -1;
    (group ? group.querySelector("summary") : target).focus({preventScroll: true});
  };
  addEventListener("hashchange", openTarget);
  openTarget();
  addEventListener("keydown", (event) => {
    const group = event.key === "Escape" && event.target.closest("details[open]");
    if (!group) return;
    group.open = false;
    group.querySelector("summary").focus();
  });

  const chart = document.getElementById("chart");
  const source = document.getElementById("curves");
  if (!chart || !source) return;
  const curves = JSON.parse(source.textContent).curves;
  const plot = chart.querySelector(".plot");
  const ticks = document.getElementById("ticks");
  const cursor = chart.querySelector(".cur");
  const rx = Number(chart.dataset.rx);
  const most = Number(chart.dataset.most);
  const NS = "http://www.w3.org/2000/svg";
  const LEFT = 44, TOP = 40, RIGHT = 14, BOTTOM = 44, HEIGHT = 430;
  let width = 700;
  let dose = Number(chart.dataset.at);
  let view = {d0: 0, d1: most, v0: 0, v1: 100};

  const inner = () => width - LEFT - RIGHT;
  const tall = HEIGHT - TOP - BOTTOM;
  const xOf = (d) => LEFT + inner() * (d - view.d0) / (view.d1 - view.d0);
  const yOf = (v) => TOP + tall * (view.v1 - v) / (view.v1 - view.v0);
  const doseAt = (x) => view.d0 + (x - LEFT) / inner() * (view.d1 - view.d0);
  const volumeAt = (y) => view.v1 - (y - TOP) / tall * (view.v1 - view.v0);
  const isSeen = (d, v) => d >= view.d0 - 1e-9 && d <= view.d1 + 1e-9 && v >= view.v0 - 1e-9 && v <= view.v1 + 1e-9;

  // What is proven is known at the curve's doses; between two of them the volume lies between the upper bound of the lower
  // dose and the lower bound of the higher one. So the band is made of steps.
  for (const c of curves) {
    const n = c.v.length;
    let up = "M0,0", down = "";
    for (let i = 0; i < n; ++i) {
      const d = (i * c.bin).toFixed(3), next = ((i + 1) * c.bin).toFixed(3);
      const low = i + 1 < n ? c.l[i + 1] : 0;
      up += `L${d},${(100 - c.u[i] / 1000).toFixed(3)}L${next},${(100 - c.u[i] / 1000).toFixed(3)}`;
      down = `L${next},${(100 - low / 1000).toFixed(3)}L${d},${(100 - low / 1000).toFixed(3)}` + down;
    }
    const band = plot.querySelector(`g[data-curve="${c.n}"] .band`);
    if (band) band.setAttribute("d", up + down + "z");
  }

  const element = (name, attributes, parent) => {
    const e = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    parent.append(e);
    return e;
  };
  const steps = (from, to, count) => {
    const rough = (to - from) / count, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((s) => s >= rough);
    const list = [];
    for (let k = Math.ceil(from / step - 1e-9); k * step <= to + step * 1e-6; ++k) list.push(Number((k * step).toPrecision(10)));
    return list;
  };

  const layOut = () => {
    chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    plot.setAttribute("width", inner());
    plot.setAttribute("viewBox", `${view.d0} ${100 - view.v1} ${view.d1 - view.d0} ${view.v1 - view.v0}`);
    const isWhole = view.d0 === 0 && view.d1 === most && view.v0 === 0 && view.v1 === 100;
    chart.classList.toggle("zoomed", !isWhole || width !== 700);
    ticks.textContent = "";
    for (const v of steps(view.v0, view.v1, 5)) {
      const g = element("g", {transform: `translate(0 ${yOf(v)})`}, ticks);
      element("line", {class: "gl", x1: LEFT, x2: width - RIGHT}, g);
      element("text", {x: LEFT - 7, y: 4, "text-anchor": "end"}, g).textContent = v;
    }
    for (const d of steps(view.d0, view.d1, width < 500 ? 4 : 7)) {
      const g = element("g", {transform: `translate(${xOf(d)} ${HEIGHT - BOTTOM})`}, ticks);
      element("line", {class: "tk", y2: 5}, g);
      element("text", {y: 18, "text-anchor": "middle"}, g).textContent = d;
    }
    if (rx > 0) {
      for (const p of steps(view.d0 / rx * 100, view.d1 / rx * 100, width < 500 ? 3 : 6)) {
        const g = element("g", {transform: `translate(${xOf(p * rx / 100)} ${TOP})`}, ticks);
        element("line", {class: "tk", y2: -5}, g);
        element("text", {y: -9, "text-anchor": "middle"}, g).textContent = p;
      }
    }
    for (const e of all("[data-d]", chart)) {
      const d = Number(e.dataset.d), v = Number(e.dataset.v || view.v0);
      if (e.classList.contains("ex")) {
        const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
        e.setAttribute("x1", clamp(xOf(d), LEFT, width - RIGHT));
        e.setAttribute("x2", clamp(xOf(Number(e.dataset.d2)), LEFT, width - RIGHT));
        e.setAttribute("y1", clamp(yOf(v), TOP, HEIGHT - BOTTOM));
        e.setAttribute("y2", clamp(yOf(Number(e.dataset.v2)), TOP, HEIGHT - BOTTOM));
        continue;
      }
      const isLine = e.tagName === "line";
      e.setAttribute("transform", `translate(${xOf(d)} ${isLine ? 0 : yOf(v)})`);
      e.toggleAttribute("hidden", !isSeen(d, v));
      e.style.display = isSeen(d, v) ? "" : "none";
    }
    for (const [id, x] of [["xt", width - RIGHT], ["ut", width - RIGHT]]) {
      const label = document.getElementById(id);
      if (label) label.setAttribute("x", x);
    }
  };

  const near = document.getElementById("near");
  const limits = all(".m", chart).map((m) => ({
    dose: Number(m.dataset.d), text: m.querySelector("title").textContent, hit: m.dataset.hit === "1"
  }));
  const percent = (x) => (x / 1000).toFixed(2);

  // Reads every curve at a dose that it has a value for, so that what stands there is what was computed.
  const read = (d) => {
    dose = Math.round(Math.min(Math.max(d, 0), most) * 10) / 10;
    cursor.dataset.d = dose;
    cursor.setAttribute("transform", `translate(${xOf(dose)} 0)`);
    cursor.style.display = dose >= view.d0 && dose <= view.d1 ? "" : "none";
    chart.setAttribute("aria-valuenow", dose.toFixed(1));
    chart.setAttribute("aria-valuetext", `${dose.toFixed(1)} Gy`);
    document.getElementById("at").textContent = `${dose.toFixed(1)} Gy`;
    const part = document.getElementById("atp");
    if (part) part.textContent = `${(100 * dose / rx).toFixed(1)} %`;
    for (const c of curves) {
      const share = document.querySelector(`[data-pc="${c.n}"]`), volume = document.querySelector(`[data-cc="${c.n}"]`);
      const i = Math.round(dose / c.bin), is = i < c.v.length;
      const [v, l, u] = is ? [c.v[i], c.l[i], c.u[i]] : [0, 0, 0];
      share.textContent = percent(v);
      if (volume) volume.textContent = (v / 1e5 * c.cc).toFixed(2);
      if (u - l > 50) {
        const bounds = document.createElement("small");
        bounds.textContent = `${percent(l)}\u2013${percent(u)}`;
        share.append(bounds);
      }
    }
    const found = limits.filter((l) => Math.abs(l.dose - dose) < .55);
    near.textContent = "";
    for (const l of found.length ? found : [{text: near.dataset.none}]) {
      const li = document.createElement("li");
      li.textContent = l.text;
      if (l.hit) li.className = "hit";
      near.append(li);
    }
  };

  const show = (d0, d1, v0, v1) => {
    if (d1 - d0 < .5 || v1 - v0 < .2) return;
    view = {d0: Math.max(0, d0), d1: Math.min(most, d1), v0: Math.max(0, v0), v1: Math.min(100, v1)};
    layOut();
    read(dose);
  };
  // In or out round the dose that is read, and the volume that the first curve in question has there.
  const zoom = (factor) => {
    const c = curves.find((k) => chart.querySelector(`.m.hit[data-curve="${k.n}"]`)) || curves[0];
    const i = Math.round(dose / c.bin), v = i < c.v.length ? c.v[i] / 1000 : 0;
    const part = (at, from, to, least, top) => {
      const size = Math.min((to - from) * factor, top);
      const start = Math.min(Math.max(at - size / 2, least), top - size);
      return [start, start + size];
    };
    show(...part(dose, view.d0, view.d1, 0, most), ...part(v, view.v0, view.v1, 0, 100));
  };
  const whole = () => show(0, most, 0, 100);

  const place = (event) => {
    const box = chart.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * width, (event.clientY - box.top) / box.height * HEIGHT];
  };
  let from = null, selection = null;
  chart.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button === 0) from = place(event);
  });
  chart.addEventListener("pointermove", (event) => {
    const at = place(event);
    read(doseAt(at[0]));
    if (!from) return;
    if (!selection) selection = element("rect", {class: "sel"}, chart);
    selection.setAttribute("x", Math.min(from[0], at[0]));
    selection.setAttribute("y", Math.min(from[1], at[1]));
    selection.setAttribute("width", Math.abs(from[0] - at[0]));
    selection.setAttribute("height", Math.abs(from[1] - at[1]));
  });
  addEventListener("pointerup", (event) => {
    if (selection) selection.remove();
    const start = from;
    from = selection = null;
    if (!start) return;
    const at = place(event);
    if (Math.abs(at[0] - start[0]) < 8 || Math.abs(at[1] - start[1]) < 8) return;
    const [x0, x1] = [start[0], at[0]].sort((a, b) => a - b), [y0, y1] = [start[1], at[1]].sort((a, b) => a - b);
    show(doseAt(x0), doseAt(x1), volumeAt(y1), volumeAt(y0));
  });
  chart.addEventListener("dblclick", whole);
  chart.addEventListener("keydown", (event) => {
    const step = {ArrowRight: .1, ArrowUp: .1, ArrowLeft: -.1, ArrowDown: -.1, PageUp: 5, PageDown: -5}[event.key];
    if (step) read(dose + step * (event.shiftKey ? 10 : 1));
    else if (event.key === "Home") read(0);
    else if (event.key === "End") read(most);
    else if (event.key === "+" || event.key === "=") zoom(.5);
    else if (event.key === "-") zoom(2);
    else if (event.key === "Escape" || event.key === "0") whole();
    else return;
    event.preventDefault();
  });
  for (const button of all("[data-zoom]")) {
    button.addEventListener("click", () => ({in: () => zoom(.5), out: () => zoom(2), all: whole})[button.dataset.zoom]());
  }
  document.querySelector(".zoom").hidden = false;

  // A curve is seen when every box that it belongs to is set: its structure's, and its plan's where several are compared.
  const boxes = all("input[data-toggle]");
  const showCurves = () => {
    const off = new Set(boxes.filter((box) => !box.checked).flatMap((box) => box.dataset.toggle.split(" ")));
    for (const e of all("[data-curve]", chart)) e.style.visibility = off.has(e.dataset.curve) ? "hidden" : "";
    for (const e of all("[data-pc], [data-cc]")) e.classList.toggle("off", off.has(e.dataset.pc || e.dataset.cc));
  };
  for (const box of boxes) box.addEventListener("change", showCurves);

  // As many units as pixels where the chart is narrow, so that its text stays readable; on paper as it was made.
  const fit = () => {
    const has = chart.clientWidth || chart.parentElement.clientWidth;
    width = has > 0 && has < 560 ? Math.max(300, has) : 700;
    layOut();
    read(dose);
  };
  addEventListener("resize", fit);
  addEventListener("beforeprint", () => { width = 700; view = {d0: 0, d1: most, v0: 0, v1: 100}; layOut(); read(dose); });
  addEventListener("afterprint", fit);
  fit();
})();
