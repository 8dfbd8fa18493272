// Opens reports as a reader does: no error, no request, no fault that axe-core finds, light and dark; the chart by keyboard.
import {chromium} from "playwright-core";
import {basename, resolve} from "node:path";
import {violations} from "./axe.mjs";

const browser = await chromium.launch({executablePath: process.env.CHROMIUM, args: ["--no-sandbox"]});
let faults = 0;
const fault = (text) => { console.error(text); ++faults; };

for (const report of process.argv.slice(2)) {
  const name = basename(report, ".html");
  for (const [width, colorScheme] of [[1440, "light"], [1440, "dark"], [390, "light"]]) {
    const what = `${name} ${width} ${colorScheme}`;
    const page = await browser.newPage({viewport: {width, height: 900}, colorScheme});
    page.on("console", (message) => message.type() === "error" && fault(`${what}: ${message.text()}`));
    page.on("pageerror", (error) => fault(`${what}: ${error.message}`));
    page.on("request", (request) => !/^(file|data):/.test(request.url()) && fault(`${what}: asks for ${request.url()}`));
    await page.goto(`file://${resolve(report)}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) fault(`${what}: is ${wide} pixels wide`);
    for (const violation of await violations(page)) fault(`${what}: ${violation}`);
    if (width === 1440 && colorScheme === "light") await useChart(page, what);
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
  await page.keyboard.press("+");
  await page.keyboard.press("+");
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
  // Everything that can be used is reached by Tab.
  const usable = await page.evaluate(() => [...document.querySelectorAll("a[href], button, input, summary, [tabindex]")]
    .filter((e) => e.checkVisibility()).length);
  await page.evaluate(() => { document.activeElement.blur(); window.scrollTo(0, 0); });
  const reached = new Set();
  for (let i = 0; i < usable + 2; ++i) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => [...document.querySelectorAll("*")].indexOf(document.activeElement)));
  }
  if (reached.size < usable) fault(`${what}: Tab reaches ${reached.size} of ${usable}`);
}

await browser.close();
console.log(faults ? `${faults} faults` : "no fault");
process.exit(faults ? 1 : 0);
