// What axe-core finds on a page, run in a world of its own, so that the page's policy stays as it is.
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function violations(page) {
  const cdp = await page.context().newCDPSession(page);
  const {frameTree} = await cdp.send("Page.getFrameTree");
  const {executionContextId} = await cdp.send("Page.createIsolatedWorld", {frameId: frameTree.frame.id, worldName: "axe"});
  await cdp.send("Runtime.evaluate", {contextId: executionContextId, expression: axe});
  const answer = await cdp.send("Runtime.evaluate", {
    contextId: executionContextId, awaitPromise: true, returnByValue: true,
    expression: "axe.run().then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' + (n.any[0] || {}).message).join(' | ')))"
  });
  return answer.result.value ?? ["axe did not run: " + JSON.stringify(answer).slice(0, 300)];
}
