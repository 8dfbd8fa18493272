// The shape of a status, as in the report (adapters/html/markup.cpp).
import type {JSX} from "preact";

const SHAPES: Record<string, () => JSX.Element> = {
  broken: () => <rect class="g-broken" x="1" y="1" width="10" height="10" />,
  unknown: () => <circle class="g-unknown" cx="6" cy="6" r="4.3" />,
  undecided: () => <><circle class="g-half" cx="6" cy="6" r="4.6" /><path class="g-undecided" d="M6 1.4a4.6 4.6 0 0 1 0 9.2z" /></>,
  near: () => <path class="g-near" d="M6 1.2 11.2 10.8H.8z" />,
  pending: () => <path class="g-pending" d="M1 4.8h2.4v2.4H1zM4.8 4.8h2.4v2.4H4.8zM8.6 4.8H11v2.4H8.6z" />,
  passed: () => <circle class="g-passed" cx="6" cy="6" r="5" />,
  info: () => <path class="g-info" d="M1.5 5.2h9v1.6h-9z" />
};

export function Glyph({cls, size}: {cls: string; size: number}) {
  return <svg class="g" width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">{(SHAPES[cls] ?? SHAPES.unknown)()}</svg>;
}

// "42.00 Gy" with its unit in grey.
export function Amount({text, over = false}: {text: string; over?: boolean}) {
  const space = text.indexOf(" ");
  const number = space < 0 ? text : text.slice(0, space);
  return <><span class={over ? "n x" : "n"}>{number}</span>{space >= 0 && <span class="u">{text.slice(space + 1)}</span>}</>;
}

// What the server has made as markup: every name in it is escaped there, and the page's policy runs no script of it.
export function Made({html, class: cls}: {html: string; class?: string}) {
  return <div class={cls} dangerouslySetInnerHTML={{__html: html}} />;
}
