// What a report's page shows is what its JSON says: values, limits and rooms as numbers, statuses as words and shapes.
const WORD = {PASS: "Passed", WARNING: "Warning", DEVIATION: "Broken", INDETERMINATE: "Undecided", PENDING: "Pending"};

// Rows as a reader sees them; groups that are folded are opened for it.
function rowsOf(page) {
  return page.evaluate(() => {
    for (const group of document.querySelectorAll("details")) group.open = true;
    const shown = (cell) => cell?.innerText.replaceAll("\u2212", "-").replaceAll("\u00a0", " ").trim() ?? "";
    const rows = [...document.querySelectorAll("tr[data-rule]")].map((r) => ({
      rule: r.dataset.rule, value: shown(r.querySelector(".va")), limit: shown(r.querySelector(".li")),
      gy: shown(r.querySelector(".rg")), cc: shown(r.querySelector(".rc")), word: r.querySelector("th .vh")?.textContent ?? "",
      shape: r.querySelector("th svg.g")?.innerHTML ?? ""}));
    const listed = [...document.querySelectorAll("li[data-rule]")].map((li) => li.dataset.rule);
    return {rows, listed, heading: document.querySelector("h1").innerText, tally: document.querySelector(".tally")?.innerText ?? ""};
  });
}

const number = (text) => parseFloat(text.replace(/^[<>≤≥=\s]+/, ""));
const decimals = (text) => (/\d+\.?(\d*)/.exec(text)?.[1] ?? "").length;

export async function valueFaults(page, report) {
  const faults = [], {rows, listed, heading, tally} = await rowsOf(page);
  const same = (shown, value, what) => {
    if (!(Math.abs(number(shown) - value) <= 0.5000001 * 10 ** -decimals(shown))) faults.push(`${what}: the page shows '${shown}' for ${value}`);
  };
  if (heading.toUpperCase() !== report.verdict) faults.push(`the heading is ${heading}, not ${report.verdict}`);
  const count = (status) => report.findings.filter((f) => f.status === status).length;
  const broken = report.findings.filter((f) => f.status === "DEVIATION" && f.mandatory).length;
  if (!new RegExp(`(^|\\s)${broken}\\s+Broken`).test(tally)) faults.push(`'${tally}' does not count ${broken} broken`);
  if (!new RegExp(`(^|\\s)${count("NOT_EVALUABLE")}\\s+Not known`).test(tally)) faults.push(`'${tally}' does not count ${count("NOT_EVALUABLE")} not known`);
  let compared = 0;
  for (const f of report.findings) {
    if (f.status === "NOT_EVALUABLE") {
      if (!listed.includes(f.ruleId)) faults.push(`${f.ruleId} stands under no cause`);
      continue;
    }
    if (f.status === "PENDING") continue;
    const row = rows.find((r) => r.rule === f.ruleId);
    if (!row) { faults.push(`${f.ruleId} has no row`); continue; }
    const isInformation = f.status === "PASS" && f.metric && f.limit === undefined && f.value !== undefined && !row.word.startsWith("Passed");
    const word = f.status === "DEVIATION" && !f.mandatory ? "Warning" : isInformation ? "Information" : WORD[f.status];
    if (!row.word.startsWith(word)) faults.push(`${f.ruleId} is '${row.word}', not ${word}`);
    if (!row.shape) faults.push(`${f.ruleId} has no shape`);
    if (row.value && f.value !== undefined) { same(row.value, f.value, f.ruleId); ++compared; }
    if (row.limit && f.limit !== undefined) same(row.limit, f.limit, `limit of ${f.ruleId}`);
    if (/\d/.test(row.gy) && f.marginDoseGy !== undefined) same(row.gy, f.marginDoseGy, `room in Gy of ${f.ruleId}`);
    if (/\d/.test(row.cc) && f.marginVolumeCc !== undefined) same(row.cc, f.marginVolumeCc, `room in cc of ${f.ruleId}`);
  }
  if (compared < 20) faults.push(`only ${compared} values were compared`);
  return faults;
}

// In shades of grey nothing is lost: of two statuses neither word nor shape is the same, and a limit that is broken is filled.
export function colourFaults(page) {
  return page.evaluate(() => {
    const faults = [], shapes = new Map();
    for (const g of document.querySelectorAll("svg.g")) {
      const status = [...g.classList].concat([...g.querySelectorAll("*")].flatMap((e) => [...e.classList])).find((c) => /^g-/.test(c));
      const shape = g.innerHTML.replace(/ class="[^"]*"/g, "");
      for (const [other, its] of shapes) if (other !== status && its === shape) faults.push(`${status} has the shape of ${other}`);
      if (status) shapes.set(status, shape);
    }
    if (shapes.size < 3) faults.push(`only ${shapes.size} statuses are drawn`);
    for (const marker of document.querySelectorAll("#chart .m")) {
      const fill = getComputedStyle(marker.querySelector(".ah")).fill, page = getComputedStyle(document.body).backgroundColor;
      if ((marker.dataset.hit === "1") === (fill === page)) faults.push(`a limit that is ${marker.dataset.hit === "1" ? "broken is hollow" : "met is filled"}`);
    }
    return [...new Set(faults)];
  });
}
