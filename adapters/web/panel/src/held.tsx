// Plans that a gate holds: why, what their reports say, the commands that decide, and deciding itself where the panel was started
// for a person.
import {useEffect, useState} from "preact/hooks";
import type {Feed} from "./feed";
import {ReportTable} from "./findings";
import {Glyph} from "./glyph";
import type {Held, HeldDetails, HeldEntry, Words} from "./types";
import {say} from "./types";

function Command({what, line, words}: {what: string; line: string; words: Words}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => setCopied(false), [line]);
  const copy = async () => {
    try { await navigator.clipboard.writeText(line); setCopied(true); } catch { /* it can be selected */ }
  };
  return <li><span class="cw2">{what}</span><code tabIndex={0}>{line}</code>
    <button type="button" aria-label={`${words.copy}: ${what}`} onClick={() => void copy()}>{copied ? words.copied : words.copy}</button></li>;
}

interface DecideProps { plan: HeldEntry; details?: HeldDetails; decides: string; feed: Feed; words: Words; tell: (said: string) => void }

// Each decision takes two presses: the second says what the first would do.
function Decide({plan, details, decides, feed, words, tell}: DecideProps) {
  const [reason, setReason] = useState("");
  const [days, setDays] = useState("30");
  const [waived, setWaived] = useState<string[]>([]);
  const [asked, setAsked] = useState("");
  const [said, setSaid] = useState("");
  const [waits, setWaits] = useState(false);
  const rules = (details?.reports ?? []).flatMap((r) => [...new Set(r.waivable)].map((rule) => ({report: r.n, rule, key: `${r.n} ${rule}`})));
  const press = async (action: string) => {
    if (waits) return;
    if (!reason.trim()) return setSaid(words.decideNoReason);
    if (asked !== action) { setSaid(""); return setAsked(action); }
    setAsked("");
    setWaits(true);
    setSaid(words.decideWaits);
    const more = action === "release" ? {waive: rules.filter((r) => waived.includes(r.key)).map(({report, rule}) => ({report, rule})), days: Number(days) || 0} : {};
    const answer = await feed.post("/decide", {action, plan: plan.plan, attempt: plan.attempt, reason: reason.trim(), ...more});
    tell(answer);
    setSaid("");
    setWaits(false);
  };
  const button = (action: string, word: string) => <button type="button" class={asked === action ? "sure" : ""} data-action={action} aria-disabled={waits}
    onClick={() => void press(action)} onBlur={() => setAsked("")}>{asked === action ? say(words.decideSure, word) : word}</button>;
  const canRelease = plan.kind === "DECISION";
  return <div class="dec">
    <h3 class="h">{words.decide}</h3><p class="mu">{decides}</p>
    {canRelease && rules.length > 0 && <fieldset><legend class="vh">{words.release}</legend>
      {rules.map((r) => <label key={r.key}><input type="checkbox" checked={waived.includes(r.key)} data-rule={r.rule}
        onChange={() => setWaived(waived.includes(r.key) ? waived.filter((k) => k !== r.key) : [...waived, r.key])} /> {say(words.decideWaive, r.rule)}</label>)}
      {waived.length > 0 && <label>{words.decideDays} <input class="days" type="number" min="1" max="366" value={days} onInput={(e) => setDays(e.currentTarget.value)} /></label>}</fieldset>}
    <label class="why">{words.decideReason}<textarea rows={2} maxLength={900} value={reason} onInput={(e) => { setReason(e.currentTarget.value); setAsked(""); }} /></label>
    <p class="acts">{canRelease && button("release", words.release)}{button("reject", words.reject)} <span role="status">{said}</span></p>
  </div>;
}

function Plan({plan, decides, feed, words, tell}: Omit<DecideProps, "details">) {
  const [details, setDetails] = useState<HeldDetails>();
  const [isOpen, setIsOpen] = useState(false);
  const version = `${plan.attempt} ${plan.kind} ${plan.since}`;
  useEffect(() => {
    if (!isOpen) return;
    let is = true;
    feed.get(`/held?plan=${encodeURIComponent(plan.plan)}`).then((d) => is && setDetails(d as HeldDetails)).catch(() => is && setDetails(undefined));
    return () => { is = false; };
  }, [isOpen, version]);
  return <div class="held" data-plan={plan.plan} data-kind={plan.kind}>
    <h2 class="hp"><span><bdi>{plan.plan}</bdi> <span class="mu">{plan.since}</span></span>
      <span class="hv">{plan.verdicts.map((v) => <span key={v.title}><Glyph cls={v.cls} size={11} />{v.word}</span>)}</span></h2>
    <ul class="hr">{plan.reasons.map((reason) => <li key={reason}><bdi>{reason}</bdi></li>)}</ul>
    <p class="mu">{plan.next}</p>
    <details open={isOpen} onToggle={(e) => e.target === e.currentTarget && setIsOpen(e.currentTarget.open)}>
    <summary aria-label={`${plan.plan}: ${isOpen ? words.hide : words.showAll}`}><span class="gn"><span class="o">{words.showAll}</span><span class="x">{words.hide}</span></span></summary>
    {isOpen && <>
      {details?.reports.map((r) => <div key={r.n} class="rep"><h3><Glyph cls={r.verdict.cls} size={13} /><b>{r.title}: {r.verdict.word}</b></h3><p class="sub">{r.summary}</p>
        <ReportTable findings={r} words={words} /></div>)}
      {details && (details.problem || details.reports.length === 0) && <p class="mu">{details.problem || words.noReport}</p>}
      {decides && <Decide plan={plan} details={details} decides={decides} feed={feed} words={words} tell={tell} />}
      <div class="cmd"><h3 class="h">{words.heldCommands}</h3><ul>{plan.commands.map((c) => <Command key={c.what} {...c} words={words} />)}</ul></div>
    </>}
    </details>
  </div>;
}

// What is decided leaves the list, so that what the gate has answered stands above it.
export function HeldSection({held, feed, words}: {held: Held; feed: Feed; words: Words}) {
  const [said, setSaid] = useState("");
  return <section id="held" aria-labelledby="h-held" class="wide">
    <div class="hd"><h1 id="h-held">{words.held}</h1><p>{words.heldNote}</p></div>
    <div class="bd">
      <p class="told" role="status">{said}</p>
      {held.plans.length === 0 && <p class="none">{words.noHeld}</p>}
      {held.plans.map((plan) => <Plan key={plan.plan} plan={plan} decides={held.decides} feed={feed} words={words} tell={setSaid} />)}
      {held.further && <p class="none">{held.further}</p>}
    </div>
  </section>;
}
