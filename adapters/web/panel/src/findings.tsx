// What is not met or not known. Rows stay where they are.
import {useLayoutEffect, useRef} from "preact/hooks";
import {Amount, Glyph} from "./glyph";
import type {Shown} from "./store";
import type {Cause, Change, Findings, Row, Used, Words} from "./types";

const LIMIT_AT = 62, MOST = 1.2;  // % of the width; shares beyond are drawn there
const percent = (share: number) => `${(Math.min(share, MOST) * LIMIT_AT).toFixed(2)}%`;

function Bar({used}: {used?: Used}) {
  if (!used) return null;
  const wide = used.u - used.l > 0.004 && used.l < MOST;
  return <svg class="bar" role="img" aria-label={used.label}>
    <rect class="b" width={percent(Math.min(used.v, 1))} y="12" height="7" />
    {used.v > 1 && <rect class="over" x="62%" width={`${((Math.min(used.v, MOST) - 1) * LIMIT_AT).toFixed(2)}%`} y="12" height="7" />}
    {used.v > MOST && <svg class="beyond" x={percent(MOST)} y="8"><path d="M0 0l6 7.5-6 7.5z" /></svg>}
    {wide && <><line class="w" x1={percent(used.l)} x2={percent(used.u)} y1="15.5" y2="15.5" />
      <line class="w" x1={percent(used.l)} x2={percent(used.l)} y1="12.5" y2="18.5" />
      <line class="w" x1={percent(used.u)} x2={percent(used.u)} y1="12.5" y2="18.5" /></>}
    <line class="lim" x1="62%" x2="62%" y1="0" y2="100%" />
    {used.v > 1 && <text class="pc" x={percent(used.v)} dx={used.v > MOST ? 11 : 5} y="19.5">{used.text}</text>}
  </svg>;
}

function Limit({text}: {text: string}) {
  const space = text.indexOf(" ");
  if (space < 0) return <>{text}</>;
  return <><span class="c">{text.slice(0, space)}</span><Amount text={text.slice(space + 1)} /></>;
}

function Head({words}: {words: Words}) {
  return <thead><tr>
    <th scope="col" class="w1">{words.rule}</th><th scope="col" class="w2">{words.structure}</th><th scope="col" class="w3">{words.metric}</th>
    <th scope="col" class="va">{words.value}</th><th scope="col" class="iv">{words.between}</th><th scope="col" class="li">{words.limit}</th>
    <th scope="col" class="ba"><span class="vh">{words.share}</span><span class="scale" aria-hidden="true"><span>0</span><span>50 %</span><span>{words.limitWord}</span></span></th>
    <th scope="col" class="rg">{words.roomGy}</th><th scope="col" class="rc">{words.roomCc}</th>
  </tr></thead>;
}

function Cells({row}: {row: Row}) {
  return <>
    <th scope="row"><Glyph cls={row.cls} size={11} /><span class="vh">{row.word}: </span><bdi>{row.rule}</bdi></th>
    <td class="st"><bdi>{row.structure}</bdi></td><td class="me">{row.metric}</td>
    <td class="va"><Amount text={row.value} /></td><td class="iv">{row.interval}</td>
    <td class="li"><Limit text={row.limit} /></td><td class="ba"><Bar used={row.used} /></td>
    <td class="rg"><span class={row.over ? "n x" : "n"}>{row.gy}</span></td><td class="rc"><span class={row.over ? "n x" : "n"}>{row.cc}</span></td>
  </>;
}

const data = (row: Row) => Object.fromEntries(Object.entries(row.raw).map(([key, value]) => [`data-${key}`, value]));

// As high as it was at its highest, so that a row with less to say moves nothing below it; until the window is another.
function useSteadyHeight() {
  const element = useRef<HTMLTableRowElement>(null);
  const most = useRef({width: 0, height: 0});
  useLayoutEffect(() => {
    const row = element.current!;
    row.style.height = "";
    const height = row.offsetHeight, width = innerWidth;
    most.current = {width, height: most.current.width === width ? Math.max(most.current.height, height) : height};
    if (most.current.height > height) row.style.height = `${most.current.height}px`;
  });
  return element;
}

interface ItemProps { id: string; row: Row; change?: Change; isFresh: boolean; revision: number; gone: boolean; words: Words }

function Item({id, row, change, isFresh, revision, gone, words}: ItemProps) {
  const more = useSteadyHeight();
  const isOpen = ["broken", "undecided", "near"].includes(row.cls);
  const kind = gone || !isOpen ? "resolved" : change?.kind;
  const fade = isFresh ? ` fade${revision % 2}` : "";  // another name begins the animation anew
  const word = gone ? words.gone : !isOpen ? words.resolved : change?.word;
  return <>
    <tr class={`r ${row.cls}${kind === "resolved" ? " done" : ""}${fade}`} data-key={id} data-rule={row.id} data-cls={row.cls} {...data(row)}><Cells row={row} /></tr>
    <tr class={`more ${row.cls}`} ref={more}>
      <td class="tag">{word && (isFresh || kind === "resolved") && <span class={`ch ${kind}`}>{word}</span>}</td>
      <td colSpan={5}>{change?.was && (isFresh || kind === "resolved") && <span class="was">{change.was}. </span>}{row.say}{row.todo && <span class="do mu">{row.todo}</span>}</td>
      <td class="ba"><svg class="bar" aria-hidden="true">{row.used && <line class="lim" x1="62%" x2="62%" y1="0" y2="100%" />}</svg></td><td colSpan={2} />
    </tr>
  </>;
}

function CauseItem({id, cause, words}: {id: string; cause: Cause; words: Words}) {
  const many = cause.affected.length > 3;
  return <>
    <tr class="r cause" data-key={id} data-cls={cause.cls}>
      <th scope="row"><Glyph cls={cause.cls} size={11} /><span class="vh">{cause.word}: </span>{cause.rules}</th>
      <td class="say" colSpan={8}><b>{cause.why}</b>{cause.todo && <span class="do mu">{cause.todo}</span>}
        {many ? <details class="hung"><summary>{words.showAll}</summary><ul class="hang">{cause.affected.map((a) => <li key={a}><bdi>{a}</bdi></li>)}</ul></details>
          : cause.affected.length > 1 && <ul class="hang">{cause.affected.map((a) => <li key={a}><bdi>{a}</bdi></li>)}</ul>}
      </td>
    </tr>
  </>;
}

function Strip({shares}: {shares: number[]}) {
  return <svg class="bar strip" aria-hidden="true">
    {shares.map((share) => <line class="t" x1={percent(share)} x2={percent(share)} y1="12" y2="21" />)}
    <line class="lim" x1="62%" x2="62%" y1="0" y2="100%" />
  </svg>;
}

function Folded({cls, title, keys, shown, words, strip, id}: {cls: string; title: string; keys: string[]; shown: Shown; words: Words; strip?: number[]; id?: string}) {
  const f = shown.findings!;
  if (!keys.length) return null;
  // A cause stands for all rules that hang on it.
  const rules = keys.reduce((sum, key) => sum + (f.causes[key]?.affected.length ?? 1), 0);
  return <details class={`d-${cls}`} id={id}>
    <summary><span class="m1"><Glyph cls={cls} size={13} /><b>{title}</b> <span class="ct">{rules}</span><span class="gn"><span class="o">{words.showAll}</span><span class="x">{words.hide}</span></span></span>
      <span class="ba">{strip && <Strip shares={strip} />}</span><span class="m3" /></summary>
    <table class="sc"><caption class="vh">{title}</caption><Head words={words} /><tbody>
      {keys.map((key) => f.rows[key] ? <tr class={`r ${f.rows[key].cls}`} key={key} data-rule={f.rows[key].id} {...data(f.rows[key])}><Cells row={f.rows[key]} /></tr>
        : f.causes[key] && <CauseItem key={key} id={key} cause={f.causes[key]} words={words} />)}
    </tbody></table>
  </details>;
}

export function FindingsSection({shown, words, putInOrder}: {shown: Shown; words: Words; putInOrder: () => void}) {
  const f = shown.findings!;
  const isInOrder = shown.places.length === f.items.length && shown.places.every((key, i) => key === f.items[i]);
  return <section id="findings" aria-labelledby="h-findings">
    <div class="hd"><h2 id="h-findings">{words.findings}</h2><p>{words.findingsNote}</p>
      <p class="ord"><button type="button" aria-disabled={isInOrder} onClick={() => !isInOrder && putInOrder()}>{words.order}</button></p></div>
    <div class="bd">
      {shown.places.length === 0 ? <p class="none">{words.nothingOpen}</p> :
        <table class="sc live-rows" id="g-broken"><caption class="vh">{words.findings}</caption><Head words={words} /><tbody>
          {shown.places.map((key) => {
            if (f.causes[key]) return <CauseItem key={key} id={key} cause={f.causes[key]} words={words} />;
            const row = f.rows[key] ?? shown.last[key];
            return row && <Item key={key} id={key} row={row} gone={!f.rows[key]} change={shown.changes[key]} words={words}
              isFresh={shown.changedAt[key] === f.revision} revision={f.revision} />;
          })}
        </tbody></table>}
      <Folded id="g-passed" cls="passed" title={words.passed} keys={f.passed} shown={shown} words={words} strip={f.strip} />
      <Folded id="g-pending" cls="pending" title={words.pending} keys={f.pending} shown={shown} words={words} />
      <Folded id="g-info" cls="info" title={words.information} keys={f.information} shown={shown} words={words} />
    </div>
  </section>;
}

// Of a report that does not change while it is read.
export function ReportTable({findings, words}: {findings: Findings; words: Words}) {
  const shown = {findings} as Shown;
  return <>
    {findings.items.length === 0 ? <p class="none">{words.nothingOpen}</p> :
      <table class="sc live-rows"><caption class="vh">{words.findings}</caption><Head words={words} /><tbody>
        {findings.items.map((key) => findings.causes[key] ? <CauseItem key={key} id={key} cause={findings.causes[key]} words={words} />
          : findings.rows[key] && <Item key={key} id={key} row={findings.rows[key]} gone={false} isFresh={false} revision={0} words={words} />)}
      </tbody></table>}
    <Folded cls="passed" title={words.passed} keys={findings.passed} shown={shown} words={words} strip={findings.strip} />
    <Folded cls="pending" title={words.pending} keys={findings.pending} shown={shown} words={words} />
    <Folded cls="info" title={words.information} keys={findings.information} shown={shown} words={words} />
  </>;
}
