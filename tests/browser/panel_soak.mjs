// Four sessions at once for some minutes: memory of page, panel and server, a line a minute. `run_panel BIN --soak MINUTES`.
// Fails where what is used at the end is more than a tenth above what was used after the first quarter of the time.
import {chromium} from "playwright-core";
import {readFileSync} from "node:fs";
import {endAll, startPanel, startPlanner, startServer} from "./panel_parts.mjs";

const minutes = Number(process.argv[3] || 10), SESSIONS = ["a", "b", "c", "d"];
const MIB = 1 << 20;
const wait = (ms) => new Promise((go) => setTimeout(go, ms));
const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;

let code = 0, browser;
try {
  const server = await startServer("--keep-doses");
  const panel = await startPanel();
  const planners = SESSIONS.map(() => startPlanner());
  for (const [i, planner] of planners.entries()) await planner.tell(`open @${SESSIONS[i]}`);
  browser = await chromium.launch({executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"]});
  const page = await browser.newPage();
  await page.goto(panel.url);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  const measure = async () => {
    await cdp.send("HeapProfiler.collectGarbage");
    const {metrics} = await cdp.send("Performance.getMetrics");
    const of = (name) => metrics.find((m) => m.name === name).value;
    return {page: of("JSHeapUsedSize"), nodes: of("Nodes"), panel: resident(panel.child.pid), server: resident(server.child.pid)};
  };
  const begun = Date.now(), samples = [];
  let doses = 0, isOver = false;
  const drive = async (planner, session) => {
    for (let i = 0; !isOver; ++i, ++doses) { await planner.tell(`dose ${(i % 40) / 40} @${session}`); await wait(500); }
  };
  const driven = planners.map((planner, i) => drive(planner, SESSIONS[i]));
  while (Date.now() - begun < minutes * 60000) {
    await wait(Math.min(60000, minutes * 15000));
    const sample = await measure();
    samples.push(sample);
    console.log(`${((Date.now() - begun) / 60000).toFixed(1)} min, ${doses} doses: page ${(sample.page / MIB).toFixed(1)} MiB and ${sample.nodes} nodes, panel ${(sample.panel / MIB).toFixed(1)} MiB, server ${(sample.server / MIB).toFixed(1)} MiB`);
  }
  isOver = true;
  await Promise.all(driven);
  const early = samples[Math.floor(samples.length / 4)], last = samples[samples.length - 1];
  for (const what of ["page", "panel", "server"]) {
    if (last[what] > 1.1 * early[what] + 4 * MIB) { console.error(`${what} has grown from ${early[what]} to ${last[what]} bytes`); code = 1; }
  }
} catch (error) {
  console.error(error.stack);
  code = 1;
} finally {
  await browser?.close();
  await endAll();
}
process.exit(code);
