// Pictures of reports: node shoot.mjs OUT REPORT.html... For each report 1440, 1280 and 390 pixels wide, light and dark, and
// its pages on paper as PDF. Fails where a page asks the network for anything or the console shows an error.
import {chromium} from "playwright-core";
import {mkdirSync} from "node:fs";
import {basename, resolve} from "node:path";

const [out, ...reports] = process.argv.slice(2);
mkdirSync(out, {recursive: true});
const browser = await chromium.launch({executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"]});
let faults = 0;
for (const report of reports) {
  const url = `file://${resolve(report)}`;
  const name = basename(report, ".html");
  for (const [width, scheme] of [[1440, "light"], [1440, "dark"], [1280, "light"], [390, "light"], [390, "dark"]]) {
    const page = await browser.newPage({viewport: {width, height: 900}, colorScheme: scheme});
    const fault = (text) => { console.error(`${name}: ${text}`); ++faults; };
    page.on("console", (message) => message.type() === "error" && fault(message.text()));
    page.on("pageerror", (error) => fault(error.message));
    page.on("request", (request) => !/^(file|data):/.test(request.url()) && fault(`asks for ${request.url()}`));
    await page.goto(url);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) fault(`is ${wide} pixels wide in a window of ${width}`);
    await page.screenshot({path: `${out}/${name}-${width}-${scheme}.png`, fullPage: true});
    if (width === 1280) {
      const height = Math.min(1360, await page.evaluate(() => document.documentElement.scrollHeight));
      await page.screenshot({path: `${out}/${name}-${width}-${scheme}-top.png`, fullPage: true, clip: {x: 0, y: 0, width, height}});
    }
    if (width === 1440 && scheme === "light") await page.pdf({path: `${out}/${name}.pdf`, preferCSSPageSize: true, printBackground: true, tagged: true});
    await page.close();
  }
}
await browser.close();
process.exit(faults ? 1 : 0);
