// The page on paper: how many sheets it takes, in a wide font too, and the smallest letters.
const SHEETS = 3, SHEETS_OF = {"compared-six": 5};  // six plans beside each other have a scorecard of more than one sheet
const POINT = 96 / 72, LEAST = 7 * POINT, WIDTH = 703;  // A4 without its margins, in pixels
// Debian's own sans, where no other is installed, is the widest that a reader is likely to have.
const FONTS = ["", "DejaVu Sans"];

const sheets = (pdf) => pdf.toString("latin1").split("/Type /Page\n").length - 1;

// Text that is printed in less than 7 points, whatever a picture is scaled by.
const small = (page, least) => page.evaluate((least) => {
  const found = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, e = node.parentElement;
    if (!node.textContent.trim() || !e.getClientRects().length || !e.checkVisibility({checkVisibilityCSS: true}) || e.closest(".vh, title, script, style")) continue;
    const scale = e.ownerSVGElement && e.getScreenCTM ? Math.abs(e.getScreenCTM().a) : 1;
    const size = parseFloat(getComputedStyle(e).fontSize) * scale;
    if (size < least - 0.05) found.add(`'${node.textContent.trim().slice(0, 30)}' has ${(size * 0.75).toFixed(1)} points`);
  }
  return [...found];
}, least);

export async function paperFaults(page, name) {
  const faults = [], most = SHEETS_OF[name] ?? SHEETS;
  for (const font of FONTS) {
    // As the browser would fall back, by a style that the page's policy lets the tools alone set.
    await page.evaluate((font) => { document.body.style.fontFamily = font; }, font);
    const pdf = await page.pdf({preferCSSPageSize: true, printBackground: true, tagged: true});
    const count = sheets(pdf);
    if (count < 1 || count > most) faults.push(`${count} sheets${font && ` in ${font}`}, at most ${most}`);
  }
  await page.evaluate(() => { document.body.style.fontFamily = ""; });
  const before = page.viewportSize();
  await page.setViewportSize({width: WIDTH, height: before.height});
  await page.emulateMedia({media: "print"});
  faults.push(...await small(page, LEAST));
  await page.emulateMedia({media: null});
  await page.setViewportSize(before);
  return faults;
}
