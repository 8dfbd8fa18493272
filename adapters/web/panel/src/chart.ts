// The chart itself, by uPlot: curves of now and before, bands of what is proven, limits as arrowheads, the reading's line.
import uPlot from "uplot";
import type {Curves, CurvesBefore, Limit} from "./types";

// % of the volume that gets at least the dose; values are in thousandths.
export const volumeAt = (curve: {bin: number; v: number[]}, dose: number) => (curve.v[Math.round(dose / curve.bin)] ?? 0) / 1000;

const HEIGHT = 430;

export class Chart {
  private plot: uPlot | null = null;
  private curves: Curves | null = null;
  private before: CurvesBefore | undefined;
  private isDark = false;
  private off: Record<string, boolean> = {};
  private at = 0;
  private shape = "";
  private readonly resize = new ResizeObserver(() => this.plot?.setSize({width: this.holder.clientWidth, height: HEIGHT}));

  constructor(private holder: HTMLElement, private onRead: (dose: number) => void) { this.resize.observe(holder); }

  destroy() { this.resize.disconnect(); this.plot?.destroy(); this.plot = null; }

  draw(curves: Curves, before: CurvesBefore | undefined, isDark: boolean, off: Record<string, boolean>, at: number) {
    const changed = curves !== this.curves || before !== this.before;
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
    const y = (c: {bin: number; v: number[]}) => x.map((d) => volumeAt(c, d));
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
  }

  // Names beside their curves, where no other name is.
  private labels(u: uPlot, scale: number) {
    const {ctx} = u, taken: [number, number, number, number][] = [];
    ctx.font = `${12 * scale}px ${getComputedStyle(document.body).fontFamily}`;
    ctx.textBaseline = "alphabetic";
    ctx.textAlign = "left";
    for (const c of this.curves!.curves) {
      if (this.off[c.role] || c.v.length < 3 || c.v[2] < 200) continue;  // one that lies on the axis has no place for a name
      const text = c.role.slice(0, 24), wide = ctx.measureText(text).width;
      const free = [52, 46, 58, 40, 64, 34, 70, 28, 76, 20, 84].flatMap((level) => [true, false].map((right) => {
        const bin = c.v.findIndex((v) => v <= 1000 * level);
        if (bin >= 0 && bin < 3) return [-1, 0, 0, 0] as [number, number, number, number];
        const x = u.valToPos((bin < 0 ? c.v.length : bin) * c.bin, "x", true), y = u.valToPos(level, "y", true);
        return [right ? x + 5 * scale : x - 5 * scale - wide, y - 10 * scale, wide, 13 * scale] as [number, number, number, number];
      })).find(([x, y, w, h]) => x > u.bbox.left && x + w < u.bbox.left + u.bbox.width &&
        !taken.some(([a, b, d, e]) => x < a + d && a < x + w && y < b + e && b < y + h));
      if (!free) continue;
      taken.push(free);
      ctx.lineWidth = 3 * scale;
      ctx.lineJoin = "round";
      ctx.strokeStyle = this.colour("--bg");
      ctx.strokeText(text, free[0], free[1] + 10 * scale);
      ctx.fillStyle = this.isDark ? c.dark : c.light;
      ctx.fillText(text, free[0], free[1] + 10 * scale);
    }
  }
}
