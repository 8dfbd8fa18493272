// What a page of another origin, in the same browser, gets of the panel: nothing, even where it knows the token.
import {createServer} from "node:http";

export async function readFromElsewhere(browser, panelUrl) {
  const server = createServer((_, response) => response.setHeader("Content-Type", "text/html").end("<!doctype html><title>elsewhere</title>"));
  await new Promise((go) => server.listen(0, "127.0.0.1", go));
  const context = await browser.newContext(), page = await context.newPage();
  try {
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const {origin, hash} = new URL(panelUrl);
    return await page.evaluate(async ({origin, token}) => {
      const got = [];
      const attempt = async (what, make) => {
        try {
          const answer = await make();
          const text = answer.type === "opaque" ? "" : (await answer.text()).slice(0, 40);
          if (answer.type !== "opaque" || text) got.push(`${what}: ${answer.status} '${text}'`);
        } catch { /* refused, as it should be */ }
      };
      for (const path of ["/", "/panel.js", "/panel.css", "/events", "/undo?session=1&revision=1"]) {
        await attempt(path, () => fetch(origin + path));
        await attempt(`${path} as what it is not`, () => fetch(origin + path, {mode: "no-cors"}));
        await attempt(`${path} with cookies`, () => fetch(origin + path, {credentials: "include"}));
        await attempt(`${path} with the token`, () => fetch(origin + path, {headers: {Authorization: `Bearer ${token}`}}));
        await attempt(`${path} by POST`, () => fetch(origin + path, {method: "POST", body: "x"}));
      }
      const loads = (element) => new Promise((done) => {
        element.onload = () => done(true);
        element.onerror = () => done(false);
        document.head.append(element);
        setTimeout(() => done(false), 2000);
      });
      if (await loads(Object.assign(document.createElement("script"), {src: `${origin}/panel.js`}))) got.push("its script runs here");
      if (await loads(Object.assign(document.createElement("link"), {rel: "stylesheet", href: `${origin}/panel.css`}))) got.push("its styles hold here");
      const frame = Object.assign(document.createElement("iframe"), {src: `${origin}/#${token}`});
      await loads(frame);
      try { if (frame.contentDocument?.body?.innerText) got.push("a frame shows it"); } catch { /* not ours to read */ }
      return got;
    }, {origin, token: hash.slice(1)});
  } finally {
    await context.close();
    server.close();
  }
}
