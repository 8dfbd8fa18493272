// How smoothly a report scrolls: `node scroll.mjs REPORT.html...` turns the wheel over the whole page, a step a frame, at 1440 and 390
// pixels, and tells the median and the 95th percentile of the time between two frames, the longest, and how many took longer than two
// of 60 a second. A page at rest is measured, too: what it takes is the machine's.
import {chromium} from "playwright-core";
import {basename, resolve} from "node:path";

const FRAME = 1000 / 60, STEP = 60;
const browser = await chromium.launch({executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"]});

// Times between frames while `act` goes on, ms.
async function frames(page, act) {
  await page.evaluate(() => {
    window.times = [];
    const note = (now) => { window.times.push(now); window.goesOn = requestAnimationFrame(note); };
    window.goesOn = requestAnimationFrame(note);
  });
  await act();
  return page.evaluate(() => {
    cancelAnimationFrame(window.goesOn);
    return window.times.slice(1).map((t, i) => t - window.times[i]);
  });
}

function told(times) {
  const sorted = [...times].sort((a, b) => a - b), at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const late = times.filter((t) => t > 2 * FRAME).length;
  return `median ${at(.5).toFixed(1)} ms, 95 % ${at(.95).toFixed(1)} ms, longest ${at(1).toFixed(1)} ms, ${late} of ${times.length} over ${(2 * FRAME).toFixed(1)} ms`;
}

for (const report of process.argv.slice(2)) {
  for (const width of [1440, 390]) {
    const page = await browser.newPage({viewport: {width, height: 900}});
    await page.goto(`file://${resolve(report)}`);
    await page.mouse.move(width / 2, 450);
    const rest = await frames(page, () => page.waitForTimeout(2000));
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    const times = await frames(page, async () => {
      for (let y = 0; y < height; y += STEP) await page.mouse.wheel(0, STEP);
      await page.waitForTimeout(200);
    });
    const [y, end] = await page.evaluate(() => [scrollY, document.documentElement.scrollHeight - innerHeight]);
    if (y < end - 1) { console.error(`${basename(report)}: scrolled to ${y} of ${end}`); process.exitCode = 1; }
    console.log(`${basename(report)} ${width} (${height} pixels): ${told(times)}; at rest ${told(rest)}`);
    await page.close();
  }
}
await browser.close();
