// The chart itself, by uPlot: curves of now and before, bands of what is proven, limits as arrowheads, the reading's line.
import uPlot from "uplot";
import type {Curve, Curves, CurvesBefore, Limit} from "./types";

// % of the volume that gets at least the dose; values are in thousandths.
export const volumeAt = (curve: {bin: number; v: number[]}, dose: number) => (curve.v[Math.round(dose / curve.bin)] ?? 0) / 1000;

const HEIGHT = 430;

interface Box { x0: number; x1: number; y0: number; y1: number }
interface Placed { c: Curve; x: number; y: number; wide: number; from: number }  // from: on the curve

export class Chart {
  private plot: uPlot | null = null;
  private curves: Curves | null = null;
  private before: CurvesBefore | undefined;
  private isDark = false;
  private off: Record<string, boolean> = {};
  private at = 0;
  private shape = "";
  private placed: Placed[] = [];
  private placedFor = "";
  private placedOf: Curves | null = null;
  private readonly resize = new ResizeObserver(() => this.plot?.setSize({width: this.holder.clientWidth, height: HEIGHT}));

  constructor(private holder: HTMLElement, private onRead: (dose: number) => void) { this.resize.observe(holder); }

  destroy() { this.resize.disconnect(); this.plot?.destroy(); this.plot = null; }

  draw(curves: Curves, before: CurvesBefore | undefined, isDark: boolean, off: Record<string, boolean>, at: number) {
    const changed = curves !== this.curves || before !== this.before;
    if (changed) this.placedOf = null;
    this.curves = curves;
    this.before = before;
    this.at = at;
    this.off = off;
    const shape = JSON.stringify([isDark, curves.most, curves.rx, curves.curves.map((c) => [c.role, c.light]), before?.curves.map((c) => c.role)]);
    if (!this.plot || shape !== this.shape) {
      this.isDark = isDark;
      this.shape = shape;
      this.plot?.destroy();
      this.plot = new uPlot(this.options(), this.data(), this.holder);
    } else if (changed) {
      const {min, max} = this.plot.scales.x;
      this.plot.setData(this.data(), false);
      this.plot.setScale("x", {min: min!, max: max!});  // a new dose does not move what the reader looks at
    }
    curves.curves.forEach((c, i) => this.plot!.setSeries(i + 1, {show: !off[c.role]}, false));
    before?.curves.forEach((c, i) => this.plot!.setSeries(curves.curves.length + i + 1, {show: !off[c.role]}, false));
    this.plot.redraw(false);
  }

  zoom(at: number, by: number) {
    if (!this.plot || !this.curves) return;
    const {min, max} = this.plot.scales.x, most = this.curves.most;
    const wide = Math.min(Math.max((max! - min!) * by, 1), most);
    const from = Math.min(Math.max(at - wide / 2, 0), most - wide);
    this.plot.setScale("x", {min: from, max: from + wide});
  }
  whole() { if (this.plot && this.curves) this.plot.setScale("x", {min: 0, max: this.curves.most}); }

  private colour(name: string) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

  private data(): uPlot.AlignedData {
    const curves = this.curves!, bin = curves.curves[0].bin;
    const count = Math.round(curves.most / bin) + 1;
    const x = Array.from({length: count}, (_, i) => i * bin);
    // To where nothing is left: a line along the axis looks like a dose that is there.
    const y = (c: {bin: number; v: number[]}) => {
      let hasEnded = false;
      return x.map((d) => {
        if (hasEnded) return null;
        const v = volumeAt(c, d);
        hasEnded = v === 0;
        return v;
      });
    };
    const then = this.before?.curves ?? [];
    return [x, ...curves.curves.map(y), ...then.map(y)];
  }

  private options(): uPlot.Options {
    const curves = this.curves!, mute = this.colour("--mute"), hair = this.colour("--hair");
    const font = `11.5px ${getComputedStyle(document.body).fontFamily}`;
    const colourOf = (role: string) => {
      const c = curves.curves.find((one) => one.role === role);
      return c ? (this.isDark ? c.dark : c.light) : mute;
    };
    const axis = {font, labelFont: font, stroke: mute, grid: {stroke: hair, width: 1}, ticks: {stroke: hair, width: 1, size: 5}, labelGap: 2};
    const top = {...axis, grid: {show: false}, side: 0, scale: "x", size: 28, splits: () => this.percents(), values: (_: uPlot, at: number[]) => at.map((d) => `${Math.round(100 * d / curves.rx)}`)};
    return {
      width: this.holder.clientWidth, height: HEIGHT,
      legend: {show: false},
      cursor: {y: false, points: {show: false}, drag: {x: true, y: false, setScale: true}, bind: {dblclick: () => () => { this.whole(); return null; }}},
      scales: {x: {time: false, range: (_, min, max) => [min ?? 0, max ?? curves.most]}, y: {range: [0, 100.5]}},
      axes: [{...axis, size: 30, space: 56}, {...axis, size: 36, splits: () => [0, 20, 40, 60, 80, 100]}, ...(curves.rx > 0 ? [top] : [])],
      series: [{}, ...curves.curves.map((c): uPlot.Series => ({stroke: colourOf(c.role), width: curves.limits.some((l) => l.hit && l.n === c.n) ? 2.6 : 1.7, points: {show: false}})),
        ...(this.before?.curves ?? []).map((c): uPlot.Series => ({stroke: colourOf(c.role), width: 1, dash: [4, 4], alpha: 0.85, points: {show: false}}))],
      hooks: {
        drawClear: [(u) => this.bands(u)],
        draw: [(u) => this.over(u)],
        setCursor: [(u) => {
          if (u.cursor.left! >= 0 && u.cursor.event) this.onRead(Math.round(10 * u.posToVal(u.cursor.left!, "x")) / 10);
        }]
      }
    };
  }

  private percents() {
    const {rx, most} = this.curves!;
    return Array.from({length: Math.floor(4 * most / rx) + 1}, (_, i) => i * rx / 4);
  }

  // What is proven is known at the curve's doses: between two of them the volume lies between the upper bound of the lower
  // dose and the lower bound of the higher one.
  private bands(u: uPlot) {
    const {ctx} = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    ctx.clip();
    for (const c of this.curves!.curves) {
      if (this.off[c.role]) continue;
      const first = Math.max(Math.floor(u.scales.x.min! / c.bin) - 1, 0), last = Math.min(Math.ceil(u.scales.x.max! / c.bin) + 1, c.v.length - 1);
      const x = (i: number) => u.valToPos(i * c.bin, "x", true), y = (v: number) => u.valToPos(v / 1000, "y", true);
      ctx.beginPath();
      for (let i = first; i <= last; ++i) { ctx.lineTo(x(i), y(c.u[i])); ctx.lineTo(x(i + 1), y(c.u[i])); }
      for (let i = last; i >= first; --i) { const low = y(c.l[i + 1] ?? 0); ctx.lineTo(x(i + 1), low); ctx.lineTo(x(i), low); }
      ctx.globalAlpha = 0.22;
      ctx.fillStyle = this.isDark ? c.dark : c.light;
      ctx.fill();
    }
    ctx.restore();
  }

  private over(u: uPlot) {
    const {ctx} = u, scale = devicePixelRatio, curves = this.curves!;
    ctx.save();
    const line = (dose: number, style: string, dash: number[]) => {
      const x = u.valToPos(dose, "x", true);
      if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) return;
      ctx.beginPath();
      ctx.setLineDash(dash.map((d) => d * scale));
      ctx.lineWidth = scale;
      ctx.strokeStyle = style;
      ctx.moveTo(x, u.bbox.top);
      ctx.lineTo(x, u.bbox.top + u.bbox.height);
      ctx.stroke();
      ctx.setLineDash([]);
    };
    if (curves.rx > 0) line(curves.rx, this.colour("--faint"), [1, 3]);
    for (const limit of curves.limits) this.arrow(u, limit, scale);
    line(this.at, this.colour("--ink"), []);
    this.labels(u, scale);
    ctx.restore();
  }

  // An arrowhead that points to the allowed side: hollow when met, filled when broken.
  private arrow(u: uPlot, limit: Limit, scale: number) {
    const curve = this.curves!.curves.find((c) => c.n === limit.n);
    const x = u.valToPos(limit.d, "x", true), y = u.valToPos(limit.v, "y", true);
    if (!curve || this.off[curve.role] || x < u.bbox.left || x > u.bbox.left + u.bbox.width) return;
    const {ctx} = u, dev = this.colour("--dev");
    if (limit.hit) {
      ctx.beginPath();
      ctx.lineWidth = 5 * scale;
      ctx.strokeStyle = dev;
      ctx.moveTo(x, y);
      ctx.lineTo(u.valToPos(Math.min(limit.d2, u.scales.x.max!), "x", true), u.valToPos(limit.v2, "y", true));
      ctx.stroke();
    }
    const turn = {down: 0, left: Math.PI / 2, up: Math.PI, right: -Math.PI / 2}[limit.side];
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(turn);
    ctx.scale(scale, scale);
    ctx.beginPath();
    ctx.moveTo(-4.5, 0);
    ctx.lineTo(4.5, 0);
    ctx.lineTo(0, 7);
    ctx.closePath();
    ctx.lineWidth = 1.2;
    ctx.strokeStyle = limit.hit ? dev : this.isDark ? curve.dark : curve.light;
    ctx.fillStyle = limit.hit ? dev : this.colour("--bg");
    ctx.fill();
    ctx.stroke();
    ctx.restore();
    if (!limit.mean) return;
    ctx.font = `${10.5 * scale}px ${getComputedStyle(document.body).fontFamily}`;
    ctx.textBaseline = "alphabetic";
    ctx.textAlign = "left";
    ctx.lineWidth = 3 * scale;
    ctx.lineJoin = "round";
    ctx.strokeStyle = this.colour("--bg");
    ctx.fillStyle = this.colour("--mute");
    ctx.strokeText(this.curves!.mean, x + 4 * scale, y - 8 * scale);
    ctx.fillText(this.curves!.mean, x + 4 * scale, y - 8 * scale);
  }

  // Names beside their curves, where the least else is: at several volumes, on either side, near, or farther off with a line
  // to the curve. Sought once, not at every move of the reading.
  private labels(u: uPlot, scale: number) {
    const {ctx} = u, curves = this.curves!;
    ctx.font = `${12 * scale}px ${getComputedStyle(document.body).fontFamily}`;
    ctx.textBaseline = "alphabetic";
    ctx.textAlign = "left";
    const key = JSON.stringify([u.scales.x.min, u.scales.x.max, u.bbox, scale, this.off]);
    if (key !== this.placedFor || curves !== this.placedOf) this.placed = this.place(u, scale);
    this.placedFor = key;
    this.placedOf = curves;
    ctx.lineJoin = "round";
    for (const {c, x, y, wide, from} of this.placed) {
      ctx.fillStyle = ctx.strokeStyle = this.isDark ? c.dark : c.light;
      const near = Math.abs(x - from) < Math.abs(x + wide - from) ? x - 3 * scale : x + wide + 3 * scale;
      if (Math.abs(near - from) > 12 * scale) {
        ctx.lineWidth = 0.8 * scale;
        ctx.beginPath();
        ctx.moveTo(from, y - 4 * scale);
        ctx.lineTo(near, y - 4 * scale);
        ctx.stroke();
      }
      ctx.lineWidth = 3 * scale;
      ctx.strokeStyle = this.colour("--bg");
      ctx.strokeText(c.role.slice(0, 24), x, y);
      ctx.fillText(c.role.slice(0, 24), x, y);
    }
  }

  private place(u: uPlot, scale: number): Placed[] {
    const placed: Placed[] = [], taken: Box[] = [], curves = this.curves!, {bbox} = u;
    const drawn = [...curves.curves, ...(this.before?.curves ?? [])].filter((c) => !this.off[c.role]);
    // Where a curve, which never rises, has come down to a height of the chart.
    const xAt = (c: {bin: number; v: number[]}, y: number) => {
      const level = 1000 * u.posToVal(y, "y", true);
      let low = 0, high = c.v.length;
      while (low < high) { const mid = (low + high) >> 1; if (c.v[mid] > level) low = mid + 1; else high = mid; }
      return u.valToPos(low * c.bin, "x", true);
    };
    const meet = (a: Box, b: Box) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
    const arrows = curves.limits.map((l) => [u.valToPos(l.d, "x", true), u.valToPos(l.v, "y", true)]);
    const lines = [curves.at, curves.rx].map((d) => u.valToPos(d, "x", true));
    for (const c of curves.curves) {
      if (this.off[c.role] || c.v.length < 3 || c.v[2] < 200) continue;  // one that lies on the axis has no place for a name
      const wide = u.ctx.measureText(c.role.slice(0, 24)).width;
      let least = 100, best: Placed | null = null, at: Box | null = null;
      for (let level = 92; level > 7; level -= 4) {
        const y = u.valToPos(level, "y", true), y0 = y - 12 * scale, y1 = y + 5 * scale, from = xAt(c, y - 4 * scale);
        if (from < bbox.left || from > bbox.left + bbox.width) continue;
        for (const off of [6, 14, 24, 40, 64, 90]) for (const right of [true, false]) {
          const x = right ? xAt(c, y1) + off * scale : xAt(c, y0) - off * scale - wide;
          if (x < bbox.left || x + wide > bbox.left + bbox.width) continue;
          const box = {x0: x - 3 * scale, x1: x + wide + 3 * scale, y0, y1};
          const cost = Math.abs(level - 52) / 10 + (off - 6) / 8 + 100 * taken.filter((b) => meet(b, box)).length +
            6 * lines.filter((l) => l > box.x0 && l < box.x1).length + 25 * drawn.filter((d) => xAt(d, y0) <= box.x1 && box.x0 <= xAt(d, y1)).length +
            20 * arrows.filter(([ax, ay]) => meet({x0: ax - 6 * scale, x1: ax + 6 * scale, y0: ay - 7 * scale, y1: ay + 7 * scale}, box)).length;
          if (cost < least) least = cost, best = {c, x, y, wide, from}, at = box;
        }
      }
      if (best && at) { placed.push(best); taken.push(at); }
    }
    return placed;
  }
}
