// What a reader with a keyboard alone meets: Tab from the beginning of the page reaches everything that can be used, once and section
// by section; what has the keyboard is seen and shows it. Answers what is wrong.
export async function keyboardFaults(page) {
  const faults = [];
  const usable = await page.evaluate(() => [...document.querySelectorAll("a[href], button, input, textarea, summary, [tabindex]")]
    .filter((e) => e.checkVisibility() && e.tabIndex >= 0 && !e.disabled).length);
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    window.scrollTo(0, 0);
  });
  const reached = new Set();
  let last = {n: -1, section: -1};
  for (let i = 0; i < usable + 5; ++i) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
      e.reachedAs ??= window.reachedInAll = (window.reachedInAll ?? 0) + 1;
      return {n: e.reachedAs, is: `${e.tagName} ${e.id || e.textContent.trim().slice(0, 30)}`,
        section: [...document.querySelectorAll("header, section")].indexOf(e.closest("header, section")), isBody: e === document.body,
        isSeen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        hasRing: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2};
    });
    if (at.isBody || reached.has(at.n)) break;  // round
    reached.add(at.n);
    if (!at.isSeen) faults.push(`${at.is} has the keyboard and is not seen`);
    if (!at.hasRing) faults.push(`${at.is} does not show that it has the keyboard`);
    if (at.section < last.section) faults.push(`Tab goes from ${last.is} back to ${at.is}`);
    last = at;
  }
  if (reached.size < usable) faults.push(`Tab reaches ${reached.size} of ${usable}`);
  return faults;
}
