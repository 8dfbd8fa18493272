// Dose and volume: the curves as they are, thick, and as they were, thin; read by pointer or arrow keys.
import {useEffect, useMemo, useRef, useState} from "preact/hooks";
import {Chart, volumeAt} from "./chart";
import type {Shown} from "./store";
import {say} from "./types";
import type {Words} from "./types";

const dark = matchMedia("(prefers-color-scheme: dark)");
function useDark() {
  const [is, set] = useState(dark.matches);
  useEffect(() => {
    const changed = () => set(dark.matches);
    dark.addEventListener("change", changed);
    return () => dark.removeEventListener("change", changed);
  }, []);
  return is;
}

export function DvhSection({shown, words}: {shown: Shown; words: Words}) {
  const curves = shown.curves;
  // Of the revision that is chosen, or of none: another one's curves would not be those that undoing speaks of.
  const before = shown.chosen === null ? curves?.before : shown.before;
  const isDark = useDark();
  const [dose, setDose] = useState<number | null>(null);
  const [off, setOff] = useState<Record<string, boolean>>({});
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | null>(null);
  const at = dose ?? curves?.at ?? 0;
  const is = Boolean(curves?.curves.length);

  useEffect(() => {
    if (!is || !holder.current) return;
    const made = chart.current = new Chart(holder.current, setDose);
    return () => { made.destroy(); chart.current = null; };
  }, [is]);
  useEffect(() => { if (curves && is) chart.current?.draw(curves, before, isDark, off, at); }, [curves, before, isDark, off, at, is]);

  const near = useMemo(() => curves?.limits.filter((l) => Math.abs(l.d - at) <= 0.5) ?? [], [curves, at]);
  const key = (event: KeyboardEvent) => {
    if (!curves) return;
    const step = event.shiftKey ? 1 : 0.1;
    const move = (to: number) => setDose(Math.round(10 * Math.min(Math.max(to, 0), curves.most)) / 10);
    if (event.key === "ArrowRight" || event.key === "ArrowUp") move(at + step);
    else if (event.key === "ArrowLeft" || event.key === "ArrowDown") move(at - step);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(curves.most);
    else if (event.key === "+" || event.key === "-") chart.current?.zoom(at, event.key === "+" ? 0.5 : 2);
    else if (event.key === "Escape") chart.current?.whole();
    else return;
    event.preventDefault();
  };
  return <section id="dvh" aria-labelledby="h-dvh" data-revision={curves?.revision}>
    <div class="hd"><h2 id="h-dvh">{words.dvh}</h2><p>{words.dvhNote}</p>{before && <p class="bf">{before.note}</p>}{shown.chosen !== null && !before && <p class="bf">{say(words.noCurvesThen, shown.chosen)}</p>}
      {curves && shown.findings && curves.revision !== shown.findings.revision && <p>{say(words.curvesAwaited, curves.revision)}</p>}</div>
    <div class="bd">
      {!is ? <p class="none">{curves?.problem || words.noCurves}</p> : <div class="dv">
        <div>
          <p class="axes"><span>{curves!.yAxis}</span><span>{curves!.uAxis}</span></p>
          <div class="chart" ref={holder} id="chart" tabIndex={0} role="slider" aria-label={words.chartLabel} aria-valuemin={0} aria-valuemax={curves!.most}
            aria-valuenow={at} aria-valuetext={`${at.toFixed(1)} Gy`} onKeyDown={key} />
          <p class="axes below">{curves!.xAxis}</p>
          <p class="foot">{words.chartNote}</p>
        </div>
        <div class="ro">
          <p class="rt"><b id="at">{say(words.at, `${at.toFixed(1)} Gy`)}</b>{curves!.rx > 0 && <span>, {(100 * at / curves!.rx).toFixed(1)} %</span>}</p>
          <table class="rd"><caption class="vh">{words.readings}</caption>
            <thead><tr><th scope="col">{words.atLeast}</th>{before && <th scope="col">{words.then}, %</th>}<th scope="col">{before ? `${words.now}, ` : ""}%</th><th scope="col">cc</th></tr></thead>
            <tbody>{curves!.curves.map((c) => {
              const now = volumeAt(c, at), was = before?.curves.find((b) => b.role === c.role);
              return <tr key={c.role} data-role={c.role}>
                <th scope="row"><label class={off[c.role] ? "off" : ""}><input type="checkbox" checked={!off[c.role]} onChange={() => setOff({...off, [c.role]: !off[c.role]})} />
                  <svg class="sw" width="16" height="8" aria-hidden="true"><path d="M0 4h16" style={{stroke: isDark ? c.dark : c.light}} /></svg><bdi>{c.role}</bdi></label></th>
                {before && <td class="was">{was ? volumeAt(was, at).toFixed(2) : ""}</td>}
                <td>{now.toFixed(2)}</td><td>{(now * c.cc / 100).toFixed(2)}</td></tr>;
            })}</tbody></table>
          <p class="rl">{words.limitsHere}</p>
          <ul class="rn">{near.length ? near.map((l) => <li key={l.text} class={l.hit ? "hit" : ""}>{l.text}</li>) : <li>{words.none}</li>}</ul>
        </div>
      </div>}
    </div>
  </section>;
}
