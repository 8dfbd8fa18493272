// Held plans on the panel's page, in Chromium: they appear with reasons, findings and commands, one is rejected by two presses
// and goes, the keyboard reaches everything, axe-core finds nothing. The queue is made by hand, and the gate's answer, too.
// `node held.mjs BIN`; with --pictures FOLDER also pictures, to be looked at.
import {chromium} from "playwright-core";
import {execFileSync} from "node:child_process";
import {mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {violations} from "./axe.mjs";
import {keyboardFaults} from "./keyboard.mjs";
import {bin, endAll, start} from "./panel_parts.mjs";

let faults = 0;
const fault = (text) => { console.error(text); ++faults; };
const expect = (is, text) => is || fault(text);
const wait = (ms) => new Promise((go) => setTimeout(go, ms));
async function until(is, what, ms = 30000) {
  for (const end = Date.now() + ms; Date.now() < end; await wait(20)) if (await is()) return true;
  fault(`never: ${what}`);
  return false;
}
const pictures = process.argv.includes("--pictures") ? process.argv[process.argv.indexOf("--pictures") + 1] : "";

const folder = mkdtempSync("/tmp/dosegate-held-");
const queue = join(folder, "queue");
for (const name of ["held", "rejected", "deciding", "approved", "forwarded", "requests"]) mkdirSync(join(queue, name), {recursive: true});

function hold(plan, kind, reasons, report) {
  const at = join(queue, "held", plan);
  mkdirSync(at);
  const attempt = "ab".repeat(16);
  if (report) writeFileSync(join(at, "report-1.json"), report);
  writeFileSync(join(at, "held.json"), JSON.stringify({schema: "dosegate.gate-hold/1", kind, at: "2026-12-01T02:00:00Z", reasons}));
  writeFileSync(join(at, "case.json"), JSON.stringify({schema: "dosegate.gate-case/1", key: plan, attempt, objects: [], waivers: []}));
}

// As the gate: what is asked for is done.
const gate = setInterval(() => {
  for (const name of readdirSync(join(queue, "requests"))) {
    if (!name.endsWith(".json") || name.startsWith(".")) continue;
    renameSync(join(queue, "held", "2.25.1"), join(queue, "rejected", "2.25.1"));
    rmSync(join(queue, "requests", name));
    writeFileSync(join(folder, "reply"), JSON.stringify({done: true, text: "Plan 2.25.1 is rejected by A. Curie, physicist."}) + "\n");
    renameSync(join(folder, "reply"), join(queue, "requests", name.replace(".json", ".reply")));
  }
}, 20);

let browser;
try {
  const dosegate = join(bin, "dosegate");
  const phantom = join(folder, "phantom");
  execFileSync(dosegate, ["phantom", phantom, "--case", "hot-cord"], {stdio: "ignore"});
  let report = "";
  try {
    execFileSync(dosegate, ["check", phantom, "--record", join(phantom, "record.json"), "--format", "json", "-o", join(folder, "report.json")], {stdio: "ignore"});
  } catch { /* FAIL is exit 1 */ }
  report = execFileSync("cat", [join(folder, "report.json")]);
  execFileSync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", join(folder, "curie.key")]);
  hold("2.25.1", "DECISION", ["ChiCTR2000036385 OR-6.Max: DEVIATION: SpinalCord: <b>Max[Gy]</b> is 42 Gy, limit < 40 Gy."], report);
  hold("2.25.2", "NO_RECORD", ["records/Secret^Name.json"]);
  const panel = start(dosegate, ["panel", "--gate", queue, "--decide-as", "A. Curie", "--decide-role", "physicist", "--decide-key", join(folder, "curie.key")]);
  panel.url = await panel.next();
  const origin = new URL(panel.url).origin;
  browser = await chromium.launch({executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"]});
  const open = async (width = 1440, colorScheme = "light") => {
    const page = await (await browser.newContext({viewport: {width, height: 900}, colorScheme})).newPage();
    page.on("console", (message) => message.type() === "error" && fault(`console: ${message.text()}`));
    page.on("pageerror", (error) => fault(`error: ${error.message}`));
    page.on("request", (request) => request.url().startsWith(origin) || request.url().startsWith("data:") || fault(`asks for ${request.url()}`));
    await page.goto(panel.url);
    await until(() => page.evaluate(() => document.querySelectorAll(".held").length >= 1), "held plans on the page");
    return page;
  };
  const page = await open();
  expect(await page.evaluate(() => document.querySelectorAll(".held").length) === 2, "not both plans are shown");
  expect(/limit < 40 Gy/.test(await page.innerText('.held[data-plan="2.25.1"]')), "a plan that is not opened does not say why it is held");
  expect(!/Secret/.test(await page.content()), "a reason that may name the patient is shown");
  await page.click('.held[data-plan="2.25.1"] summary');
  await until(() => page.evaluate(() => document.querySelector('tr[data-rule="OR-6.Max"]')), "the findings of the report");
  const text = await page.textContent('.held[data-plan="2.25.1"]');
  for (const part of ["<b>Max[Gy]</b>", "dosegate gate reject 2.25.1 --queue", "dosegate waive --report", "dosegate gate release 2.25.1", "signed as A. Curie, physicist"]) expect(text.includes(part), `the page does not say '${part}'`);
  for (const [width, colors] of [[1440, "light"], [1440, "dark"], [390, "light"]]) {
    const other = await open(width, colors);
    await other.click('.held[data-plan="2.25.1"] summary');
    await until(() => other.evaluate(() => document.querySelector('tr[data-rule="OR-6.Max"]')), "the findings");
    const wide = await other.evaluate(() => document.documentElement.scrollWidth);
    expect(wide <= width, `${width}: is ${wide} pixels wide`);
    for (const violation of await violations(other)) fault(`${width} ${colors}: ${violation}`);
    if (pictures) await other.screenshot({path: `${pictures}/held-${width}-${colors}.png`, fullPage: true});
    await other.context().close();
  }
  for (const text of await keyboardFaults(page)) fault(text);

  await page.click('.dec [data-action="reject"]');
  await until(() => page.evaluate(() => /State a reason/.test(document.querySelector(".acts").textContent)), "that a reason is asked for");
  await page.fill(".dec textarea", "Wrong patient's images");
  await page.click('.dec [data-action="reject"]');
  expect(readdirSync(join(queue, "requests")).length === 0, "one press decides");
  expect(/for good/.test(await page.textContent('.dec [data-action="reject"]')), "the second press is not announced");
  await page.click('.dec [data-action="reject"]');
  await until(() => page.evaluate(() => !document.querySelector('.held[data-plan="2.25.1"]')), "the rejected plan leaves the page");
  await until(() => page.evaluate(() => /is rejected by A. Curie/.test(document.querySelector(".told").textContent)), "the gate's answer");
  hold("2.25.3", "INCOMPLETE", ["RTDOSE: no dose of plan 2.25.3 was received."]);
  await until(() => page.evaluate(() => document.querySelector('.held[data-plan="2.25.3"]')), "a new plan appears by itself");
} catch (error) {
  fault(error.stack);
} finally {
  clearInterval(gate);
  await browser?.close();
  await endAll();
  rmSync(folder, {recursive: true, force: true});
}
console.log(faults ? `held plans: ${faults} faults` : "held plans: no fault");
process.exit(faults ? 1 : 0);
