// What the page knows, and who is told when it changes.
import type {Link} from "./feed";
import type {Change, Curves, CurvesBefore, Findings, Held, Pictures, Row, SessionEntry, Timeline, Undo, Words} from "./types";

// What the page shows of a session. Places are the reader's: rows keep them until they are put in order.
export interface Shown {
  findings?: Findings;
  timeline?: Timeline;
  curves?: Curves;
  pictures?: Pictures;
  places: string[];                 // keys of rows and causes
  last: Record<string, Row>;        // of rows that are shown, as they were last
  changes: Record<string, Change>;  // the last one of each row
  changedAt: Record<string, number>;  // in which revision
  chosen: number | null;            // revision that the reader thinks of going back to; null: the one before
  undo?: Undo;                      // of the chosen one
  before?: CurvesBefore;            // of the chosen one
}

const empty = (): Shown => ({places: [], last: {}, changes: {}, changedAt: {}, chosen: null});

export class Store {
  words: Words = {};
  link: Link | "none" = "none";
  sessions: SessionEntry[] = [];
  selected = "";
  held: Held | null = null;  // null: the panel shows no gate's plans
  showsHeld = false;         // they, and not a session
  private picked = false;  // the reader has chosen a session
  private shown = new Map<string, Shown>();
  private heard: () => void = () => {};

  listen(heard: () => void) { this.heard = heard; }
  of(session: string): Shown {
    let shown = this.shown.get(session);
    if (!shown) this.shown.set(session, shown = empty());
    return shown;
  }
  get current(): Shown { return this.of(this.selected); }
  get entry(): SessionEntry | undefined { return this.sessions.find((s) => s.id === this.selected); }

  take(kind: string, data: unknown) {
    switch (kind) {
      case "words":
        this.words = data as Words;
        document.documentElement.lang = this.words.lang;
        break;
      case "sessions":
        this.sessions = (data as {sessions: SessionEntry[]}).sessions;
        for (const id of [...this.shown.keys()]) {
          if (!this.sessions.some((s) => s.id === id)) this.shown.delete(id);
        }
        this.select();
        break;
      case "held":
        if (!this.held && (data as Held).alone) this.showsHeld = true;
        this.held = data as Held;
        break;
      case "findings": this.takeFindings(data as Findings); break;
      case "timeline": this.of((data as Timeline).session).timeline = data as Timeline; break;
      case "curves": this.of((data as Curves).session).curves = data as Curves; break;
      case "pictures": this.of((data as Pictures).session).pictures = data as Pictures; break;
      default: return;
    }
    this.heard();
  }
  setLink(link: Link) { this.link = link; this.heard(); }

  // The session that the reader chose or, before that, the newest that goes on.
  private select() {
    const exists = this.sessions.some((s) => s.id === this.selected);
    if (this.picked && exists) return;
    const open = this.sessions.filter((s) => s.state !== "over");
    const newest = open[open.length - 1] ?? this.sessions[this.sessions.length - 1];
    this.selected = newest?.id ?? "";
    this.picked = false;
  }
  pick(session: string) { this.selected = session; this.picked = true; this.showsHeld = false; this.heard(); }
  pickHeld() { this.showsHeld = true; this.heard(); }

  private takeFindings(findings: Findings) {
    const shown = this.of(findings.session);
    const known = new Set(shown.places);
    shown.findings = findings;
    // Of causes that are gone nothing is left to say; rows that are gone say so.
    shown.places = shown.places.filter((key) => !key.startsWith("cause|") || key in findings.causes);
    for (const key of findings.items) {
      if (!known.has(key)) shown.places.push(key);
    }
    for (const [key, change] of Object.entries(findings.changes)) {
      shown.changes[key] = change;
      shown.changedAt[key] = findings.revision;
    }
    for (const key of shown.places) {
      if (findings.rows[key]) shown.last[key] = findings.rows[key];
    }
    shown.chosen = null;
    shown.undo = findings.undo;
    shown.before = undefined;
  }

  putInOrder() {
    const shown = this.current;
    shown.places = [...(shown.findings?.items ?? [])];
    shown.last = {};
    for (const key of shown.places) {
      if (shown.findings?.rows[key]) shown.last[key] = shown.findings.rows[key];
    }
    this.heard();
  }

  choose(session: string, revision: number | null, undo?: Undo) {
    const shown = this.of(session);
    shown.chosen = revision;
    shown.undo = undo ?? shown.findings?.undo;
    shown.before = undo?.before;
    this.heard();
  }
}
