// Opens reports as a reader does: no error, no request, no fault that axe-core finds, light and dark; no text on other text, none
// that is cut; the values are those of the JSON beside the page (REPORT.json), where there is one; statuses are told apart
// without colour; the chart by pointer and keyboard; on paper three sheets at most, and no letter below 7 points.
import {chromium} from "playwright-core";
import {existsSync, readFileSync} from "node:fs";
import {basename, resolve} from "node:path";
import {violations} from "./axe.mjs";
import {keyboardFaults} from "./keyboard.mjs";
import {labelFaults, layoutFaults} from "./layout.mjs";
import {paperFaults} from "./paper.mjs";
import {colourFaults, valueFaults} from "./values.mjs";

const browser = await chromium.launch({executablePath: process.env.CHROMIUM, args: ["--no-sandbox"]});
let faults = 0;
const fault = (text) => { console.error(text); ++faults; };

for (const report of process.argv.slice(2)) {
  const name = basename(report, ".html");
  for (const [width, colorScheme] of [[1440, "light"], [1440, "dark"], [900, "light"], [390, "light"]]) {
    const what = `${name} ${width} ${colorScheme}`;
    const page = await browser.newPage({viewport: {width, height: 900}, colorScheme});
    page.on("console", (message) => message.type() === "error" && fault(`${what}: ${message.text()}`));
    page.on("pageerror", (error) => fault(`${what}: ${error.message}`));
    page.on("request", (request) => !/^(file|data):/.test(request.url()) && fault(`${what}: asks for ${request.url()}`));
    await page.goto(`file://${resolve(report)}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) fault(`${what}: is ${wide} pixels wide`);
    if (width !== 900) for (const violation of await violations(page)) fault(`${what}: ${violation}`);
    for (const text of await layoutFaults(page)) fault(`${what}: ${text}`);
    for (const text of await labelFaults(page)) fault(`${what}: ${text}`);
    if (width === 1440) for (const text of await colourFaults(page)) fault(`${what}: ${text}`);
    if (width === 1440 && colorScheme === "light") {
      for (const text of await paperFaults(page, name)) fault(`${name} on paper: ${text}`);
      await useChart(page, what);
      await useLinks(page, what);
      const json = report.replace(/html$/, "json");
      if (existsSync(json)) for (const text of await valueFaults(page, JSON.parse(readFileSync(json)))) fault(`${what}: ${text}`);
    }
    await page.close();
  }
}

async function useChart(page, what) {
  const read = () => page.evaluate(() => ({
    dose: document.getElementById("at").textContent,
    rows: [...document.querySelectorAll(".rd tbody tr")].map((r) => [...r.cells].slice(1).map((c) => c.firstChild.textContent))
  }));
  const before = await read();
  await page.focus("#chart");
  await page.keyboard.press("ArrowRight");
  const after = await read();
  if (Math.abs(parseFloat(after.dose) - parseFloat(before.dose) - 0.1) > 1e-6) fault(`${what}: an arrow moves ${before.dose} to ${after.dose}`);
  // What is read is the curve's own value.
  const wrong = await page.evaluate(() => {
    const dose = parseFloat(document.getElementById("at").textContent);
    return JSON.parse(document.getElementById("curves").textContent).curves.filter((c) => {
      const shown = parseFloat(document.querySelector(`[data-pc="${c.n}"]`).firstChild.textContent);
      return Math.abs(shown - (c.v[Math.round(dose / c.bin)] || 0) / 1000) > 0.0051;
    }).map((c) => c.n);
  });
  if (wrong.length) fault(`${what}: curves ${wrong} are read wrongly`);
  const gy = parseFloat(after.dose), share = await page.textContent("#atp"), rx = await page.evaluate(() => Number(document.getElementById("chart").dataset.rx));
  if (Math.abs(parseFloat(share) - 100 * gy / rx) > 0.051) fault(`${what}: ${gy} Gy is said to be ${share} of ${rx} Gy`);
  // The pointer reads where it is.
  const chart = await page.locator("#chart").boundingBox();
  await page.mouse.move(chart.x + chart.width * 0.5, chart.y + chart.height * 0.5);
  const hovered = await read();
  if (hovered.dose === after.dose) fault(`${what}: the pointer reads nothing`);
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  // What is proven is a band, which has an area.
  const flat = await page.evaluate(() => [...document.querySelectorAll(".plot .band")].filter((b) => !b.getAttribute("d")).length);
  if (flat) fault(`${what}: ${flat} curves have no band`);
  const zoomed = await page.getAttribute(".plot", "viewBox");
  const whole = await page.evaluate(() => Number(document.getElementById("chart").dataset.most));
  if (!(Number(zoomed.split(" ")[2]) < whole / 3)) fault(`${what}: plus twice shows ${zoomed}`);
  await page.keyboard.press("Escape");
  if (Number((await page.getAttribute(".plot", "viewBox")).split(" ")[2]) !== whole) fault(`${what}: Escape does not show the whole`);
  const box = page.locator("input[data-toggle]").first();
  await box.uncheck();
  const hidden = await page.evaluate(() => getComputedStyle(document.querySelector(".plot .c")).visibility);
  if (hidden !== "hidden") fault(`${what}: a switched-off curve is ${hidden}`);
  await box.check();
  for (const text of await keyboardFaults(page)) fault(`${what}: ${text}`);
}

// A link to a folded group opens it, one to a place leads to its pictures.
async function useLinks(page, what) {
  const passed = page.locator('.tally a[href="#g-passed"]');
  if (await passed.count() === 0) return;
  await passed.focus();
  await page.keyboard.press("Enter");
  await page.waitForTimeout(50);
  const isOpen = await page.evaluate(() => document.getElementById("g-passed")?.closest("details")?.open);
  if (!isOpen) fault(`${what}: the link to what passed does not open it`);
  const keyboardAt = () => page.evaluate(() => document.activeElement.closest("details, [id]")?.id);
  if (await keyboardAt() !== "g-passed") fault(`${what}: the link to what passed leaves the keyboard at ${await keyboardAt()}`);
  await page.keyboard.press("Escape");
  if (await page.evaluate(() => document.getElementById("g-passed").open)) fault(`${what}: Escape does not fold what passed`);
  if (await keyboardAt() !== "g-passed") fault(`${what}: Escape leaves the keyboard at ${await keyboardAt()}`);
  const place = page.locator('a[href^="#p-"]').first();
  if (await place.count() > 0) {
    const id = await place.evaluate((a) => decodeURIComponent(a.hash.slice(1)));
    await place.focus();
    await page.keyboard.press("Enter");
    await page.waitForTimeout(50);
    if (await keyboardAt() !== id) fault(`${what}: the link to ${id} leaves the keyboard at ${await keyboardAt()}`);
  }
  const led = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')].filter((a) => !document.getElementById(decodeURIComponent(a.hash.slice(1)))).length);
  if (led) fault(`${what}: ${led} links lead nowhere`);
}

await browser.close();
console.log(faults ? `${faults} faults` : "no fault");
process.exit(faults ? 1 : 0);
