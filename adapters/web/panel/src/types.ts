// What the server sends; made in adapters/panel.
export type Kind = "new" | "resolved" | "moved";

export interface Used { v: number; l: number; u: number; text: string; label: string }

export interface Row {
  cls: string; word: string; id: string; rule: string; structure: string; metric: string; value: string; interval: string;
  limit: string; gy: string; cc: string; over: boolean; raw: Record<string, string>; used?: Used; say?: string; todo?: string;
}

export interface Cause { cls: string; word: string; rules: string; why: string; todo: string; affected: string[] }

export interface Change { kind: Kind; word: string; was?: string; wasWord?: string }

export interface UndoLine {
  key: string; kind: Kind; word: string; cls: string; status: string; rule: string; structure: string; metric: string;
  text: string; limit: string;
}

export interface Undo {
  revision: number; title: string; verdict: {cls: string; word: string}; unknown: string; nothing: string;
  lines: UndoLine[]; before?: CurvesBefore;
}

export interface Findings {
  session: string; revision: number; event: number; title: string; verdict: {cls: string; code: string; word: string};
  plan: string; summary: string; same: string; head: string; rows: Record<string, Row>; causes: Record<string, Cause>;
  items: string[]; passed: string[]; information: string[]; pending: string[]; strip: number[];
  changes: Record<string, Change>; undo?: Undo;
}

export interface TimelineEntry {
  n: number; at: string; cls: string; word: string; broken: number; unknown: number; near: number; summary: string;
  same: string;
}
export interface Timeline { session: string; revisions: TimelineEntry[] }

export interface Curve {
  n: number; role: string; light: string; dark: string; bin: number; cc: number; v: number[]; l: number[]; u: number[];
}
export interface Limit {
  n: number; d: number; v: number; d2: number; v2: number; side: "down" | "up" | "left" | "right"; hit: boolean;
  mean: boolean; text: string;
}
export interface CurvesBefore { revision: number; note: string; curves: {role: string; bin: number; v: number[]}[] }
export interface Curves {
  session: string; revision: number; most: number; rx: number; at: number; xAxis: string; yAxis: string; uAxis: string; mean: string; problem: string;
  curves: Curve[]; limits: Limit[]; before?: CurvesBefore;
}

export interface Pictures { session: string; revision: number; title: string; html: string; why: string; styles: string }

export interface SessionEntry {
  id: string; name: string; revision: number; cls: string; word: string;
  state: "current" | "checking" | "lost" | "over" | "none"; banner: string;
}
export interface SessionList { connected: boolean; sessions: SessionEntry[] }

export interface HeldEntry {
  plan: string; attempt: string; kind: string; since: string; next: string; reasons: string[];
  commands: {what: string; line: string}[]; verdicts: {cls: string; word: string; title: string}[];
}
export interface Held { alone: boolean; lost: boolean; banner: string; decides: string; further: string; plans: HeldEntry[] }
export interface HeldReport extends Findings { n: number; waivable: string[] }
export interface HeldDetails { plan: string; attempt: string; problem: string; reports: HeldReport[] }

export type Words = Record<string, string>;

// A pattern with its arguments in place.
export const say = (pattern: string | undefined, ...values: (string | number)[]) =>
  (pattern ?? "").replace(/\{(\d)\}/g, (_, n) => String(values[Number(n)] ?? ""));
