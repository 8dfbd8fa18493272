// The timeline, and what going back would bring.
import {useEffect, useRef} from "preact/hooks";
import {Glyph} from "./glyph";
import type {Shown} from "./store";
import type {Undo, Words} from "./types";

function Preview({undo, words}: {undo: Undo; words: Words}) {
  return <div class="undo" tabIndex={0} role="region" aria-label={undo.title}>
    <h3>{undo.title}</h3>
    <p class="uv"><Glyph cls={undo.verdict.cls} size={12} />{undo.verdict.word}{undo.unknown && ` ${undo.unknown}.`}</p>
    {undo.nothing && <p class="mu">{undo.nothing}</p>}
    <ul>{undo.lines.map((line) => <li key={line.key} data-kind={line.kind} data-key={line.key}>
      <span class={`ch ${line.kind}`}>{line.word}</span><Glyph cls={line.cls} size={11} /><span class="vh">{line.status} </span>
      <bdi>{line.rule}</bdi> <span class="mu"><bdi>{line.structure}</bdi> {line.metric}</span> <b>{line.text}</b> <span class="mu">{line.limit}</span></li>)}</ul>
    <p class="foot">{words.undoNote}</p>
  </div>;
}

export function RevisionsSection({shown, words, choose}: {shown: Shown; words: Words; choose: (revision: number | null) => void}) {
  const revisions = shown.timeline?.revisions ?? [];
  const newest = revisions[revisions.length - 1]?.n;
  const strip = useRef<HTMLOListElement>(null);
  // The newest stays in view, unless the reader looks at what is older.
  useEffect(() => { if (strip.current && shown.chosen === null) strip.current.scrollLeft = strip.current.scrollWidth; }, [newest, shown.chosen]);
  const compared = shown.chosen ?? shown.undo?.revision;
  return <section id="revisions" aria-labelledby="h-revisions">
    <div class="hd"><h2 id="h-revisions">{words.revisions}</h2><p>{words.revisionsNote}</p></div>
    <div class="bd rv">
      <ol class="tl" ref={strip}>
        {revisions.map((r) => <li key={r.n}>
          <button type="button" class={r.n === newest ? "new" : ""} aria-pressed={r.n !== newest && r.n === compared} aria-current={r.n === newest ? "step" : undefined}
            aria-label={`${r.n}, ${r.at}: ${r.word}. ${r.summary} ${r.same}`} title={`${r.at}: ${r.summary} ${r.same}`}
            onClick={() => choose(r.n === newest ? null : r.n)}>
            <span class="tv"><Glyph cls={r.cls} size={15} /></span><span class="tn">{r.n}</span>
            <span class="tc">{r.broken > 0 && <span><Glyph cls="broken" size={8} />{r.broken}</span>}{r.unknown > 0 && <span><Glyph cls="unknown" size={8} />{r.unknown}</span>}{r.near > 0 && <span><Glyph cls="near" size={8} />{r.near}</span>}</span>
          </button></li>)}
      </ol>
      {shown.undo ? <Preview undo={shown.undo} words={words} /> : <div class="undo" />}
      <p class="same">{shown.findings?.same}</p>
    </div>
  </section>;
}
