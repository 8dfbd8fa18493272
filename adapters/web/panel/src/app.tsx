import {useEffect, useLayoutEffect, useState} from "preact/hooks";
import {DvhSection} from "./dvh";
import type {Feed} from "./feed";
import {FindingsSection} from "./findings";
import {Glyph, Made} from "./glyph";
import {HeldSection} from "./held";
import {RevisionsSection} from "./revisions";
import type {Store} from "./store";
import type {SessionEntry, Undo, Words} from "./types";

// What is stale says so, above everything and without colour: another word, another shape, hatching.
function Bar({store}: {store: Store}) {
  const {words, entry, link, held, showsHeld} = store;
  const shown = showsHeld && held ? {state: held.lost ? "lost" : "current", banner: held.banner} : entry;
  const state = link !== "live" ? "lost" : shown?.state ?? "none";
  const text = link !== "live" ? words.stalePage : shown?.banner ?? words.noSession;
  return <div class={`top ${state}`}>
    <nav aria-label={words.sessions}>
      <span class="brand">Dosegate</span>
      {store.sessions.map((s: SessionEntry) => <button key={s.id} type="button" class="ses" aria-pressed={!showsHeld && s.id === store.selected} onClick={() => store.pick(s.id)}>
        <Glyph cls={s.cls} size={11} />{s.name} <span class="mu">{s.word}</span></button>)}
      {held && <button type="button" class="ses" id="held-tab" aria-pressed={showsHeld} onClick={() => store.pickHeld()}>{words.held} <span class="mu">{held.plans.length}</span></button>}
    </nav>
    <p class="state" role="status" data-state={state}><span class="mark" aria-hidden="true" />{text}</p>
  </div>;
}

function Pictures({html, why, styles, title, words}: {html: string; why: string; styles: string; title: string; words: Words}) {
  useEffect(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    document.adoptedStyleSheets = [sheet];
  }, [styles]);
  return html ? <><Made html={html} class="made" /><p class="foot pof">{title}</p></> : <NoPictures words={words} why={why} />;
}

function NoPictures({words, why}: {words: Words; why: string}) {
  return <section id="where" aria-labelledby="h-where"><div class="hd"><h2 id="h-where">{words.where}</h2><p>{words.whereNote}</p></div>
    <div class="bd"><p class="none">{why}</p></div></section>;
}

// Links of the head lead into folded groups, and to pictures that may not be there (yet).
function follow(event: MouseEvent) {
  const link = (event.target as Element).closest("a");
  if (!link) return;
  event.preventDefault();
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1))) ?? document.getElementById("findings");
  const group = target?.closest("details");
  if (group) group.open = true;
  target?.scrollIntoView();
}

export function App({store, feed}: {store: Store; feed: Feed | null}) {
  const [, again] = useState(0);
  // Before anything can be heard: an ordinary effect waits for a frame, and of a session that rests nothing is told twice.
  useLayoutEffect(() => store.listen(() => again((n) => n + 1)), []);
  const {words, current, selected} = store;
  const f = current.findings;
  const held = store.showsHeld ? store.held : null;
  useEffect(() => { document.title = held ? `${words.held} ${held.plans.length} – Dosegate` : f ? `${f.verdict.word} ${f.revision} – Dosegate` : "Dosegate"; }, [f, held, words]);
  if (!feed || store.link === "refused") return <main class="alone"><p class="brand">Dosegate</p><p>{words.noEntry ?? "This page needs the whole address that dosegate panel has printed, with what stands behind the #."}</p></main>;
  const choose = async (revision: number | null) => {
    if (revision === null) return store.choose(selected, null);
    try {
      store.choose(selected, revision, await feed.get(`/undo?session=${encodeURIComponent(selected)}&revision=${revision}`) as Undo);
    } catch { store.choose(selected, null); }
  };
  return <>
    <Bar store={store} />
    {held ? <><main><HeldSection held={held} feed={feed} words={words} /></main><footer><p><b>{words.intended}</b> {words.intendedText}</p></footer></> : !f ? <main class="alone"><p>{words.nothingChecked && (store.entry ? words.nothingChecked : words.noSession)}</p></main> : <>
      <div class="live" data-revision={f.revision} data-verdict={f.verdict.code}>
        <div onClick={follow}><Made html={f.head} class="head" /></div>
        <p class="vh" aria-live="polite">{f.title}: {f.verdict.word}. {f.summary}</p>
        <main>
          <RevisionsSection shown={current} words={words} choose={(revision) => void choose(revision)} />
          <FindingsSection key={selected} shown={current} words={words} putInOrder={() => store.putInOrder()} />
          <DvhSection key={`d${selected}`} shown={current} words={words} />
          {current.pictures ? <Pictures {...current.pictures} words={words} /> : <NoPictures words={words} why={words.noPictures ?? ""} />}
        </main>
        <footer><p><b>{words.intended}</b> {words.intendedText}</p></footer>
      </div>
    </>}
  </>;
}
