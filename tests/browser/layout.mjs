// What a reader would see as a fault of layout: text that lies on other text, is cut, or runs out of the page.
export function layoutFaults(page) {
  return page.evaluate(() => {
    const faults = [], lines = [];
    const isSeen = (e) => e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) && !e.closest(".vh, title, script, style, noscript, .said thead, .half table + table thead");
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const name = (node) => node.textContent.trim().slice(0, 40);
    while (walker.nextNode()) {
      const node = walker.currentNode, parent = node.parentElement;
      if (!node.textContent.trim() || !isSeen(parent)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      // A column too narrow for its words has them letter under letter.
      const broken = [...range.getClientRects()], size = parseFloat(getComputedStyle(parent).fontSize);
      if (broken.length > 4 && broken.every((r) => r.width < 2.2 * size)) faults.push(`'${name(node)}' stands letter under letter`);
      const rects = parent.ownerSVGElement ? [parent.getBoundingClientRect()] : [...range.getClientRects()];
      for (const r of rects) {
        if (r.width < 2 || r.height < 2) continue;
        // A line's box is taller than its letters.
        const box = {node, left: r.left + 1, right: r.right - 1, top: r.top + r.height * 0.22, bottom: r.bottom - r.height * 0.22};
        for (let e = parent; e && e !== document.body; e = e.parentElement) {
          const style = getComputedStyle(e);
          if (e instanceof SVGElement ? e.tagName !== "svg" || style.overflow === "visible" : style.overflow === "visible") continue;
          if (e.closest("[tabindex]") && style.overflowX === "auto") break;  // can be scrolled to
          const frame = e.getBoundingClientRect();
          if (style.textOverflow !== "ellipsis" && (r.right > frame.right + 1.5 || r.left < frame.left - 1.5 || r.bottom > frame.bottom + 3 || r.top < frame.top - 3))
            faults.push(`'${name(node)}' is cut by <${e.tagName} class='${e.getAttribute("class") ?? ""}'>`);
          break;
        }
        if (r.right > document.documentElement.clientWidth + 1 || r.left < -1) faults.push(`'${name(node)}' runs out of the page`);
        lines.push(box);
      }
    }
    lines.sort((a, b) => a.top - b.top);
    for (let i = 0; i < lines.length; ++i) {
      for (let k = i + 1; k < lines.length && lines[k].top < lines[i].bottom; ++k) {
        const a = lines[i], b = lines[k];
        if (a.node === b.node) continue;
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), tall = Math.min(a.bottom, b.bottom) - b.top;
        if (wide > 1 && tall > 1) faults.push(`'${name(a.node)}' lies on '${name(b.node)}'`);
      }
    }
    return [...new Set(faults)];
  });
}

// Names in the chart that a curve runs through, as it is on the screen.
export function labelFaults(page) {
  return page.evaluate(() => {
    const faults = [];
    const labels = [...document.querySelectorAll("#chart .lb")].filter((e) => e.checkVisibility({checkVisibilityCSS: true})).map((e) => {
      const r = e.getBoundingClientRect();  // taller than its letters
      return {text: e.textContent, left: r.left, right: r.right, top: r.top + 0.25 * r.height, bottom: r.bottom - 0.2 * r.height};
    });
    for (const path of document.querySelectorAll("#chart .plot .cv")) {
      const to = path.getScreenCTM(), ends = [...path.getAttribute("d").matchAll(/[ML]([\d.-]+),([\d.-]+)/g)].map((m) => new DOMPoint(Number(m[1]), Number(m[2])).matrixTransform(to));
      for (let i = 1; i < ends.length; ++i) {
        const a = ends[i - 1], b = ends[i], steps = Math.ceil(Math.max(Math.abs(b.x - a.x), Math.abs(b.y - a.y), 1));
        for (let k = 0; k <= steps; ++k) {
          const x = a.x + (b.x - a.x) * k / steps, y = a.y + (b.y - a.y) * k / steps;
          for (const l of labels) if (x > l.left && x < l.right && y > l.top && y < l.bottom) faults.push(`a curve runs through '${l.text}'`);
        }
      }
    }
    return [...new Set(faults)];
  });
}
