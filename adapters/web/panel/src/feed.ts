// Server-sent events over fetch, which unlike EventSource can show a token that stands in no address.
export type Link = "live" | "lost" | "refused";

const SILENCE = 6000;  // the server says something every 2 s

export class Feed {
  private token: string;
  constructor(token: string, private onEvent: (kind: string, data: unknown) => void, private onLink: (link: Link) => void) {
    this.token = token;
    void this.run();
  }

  // Any other request of the page.
  async get(path: string): Promise<unknown> {
    const response = await fetch(path, {headers: this.headers(), cache: "no-store"});
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  // Asks for something to be done; what is said about it, done or not.
  async post(path: string, body: unknown): Promise<string> {
    try {
      const headers = {...this.headers(), "Content-Type": "application/json"};
      const response = await fetch(path, {method: "POST", headers, cache: "no-store", body: JSON.stringify(body)});
      return (await response.json() as {message: string}).message;
    } catch (error) { return String(error); }
  }

  private headers() { return {Authorization: `Bearer ${this.token}`}; }

  private async run() {
    for (let wait = 250; ; wait = Math.min(2 * wait, 3000)) {
      const control = new AbortController();
      let timer = setTimeout(() => control.abort(), SILENCE);
      const heard = () => { clearTimeout(timer); timer = setTimeout(() => control.abort(), SILENCE); };
      try {
        const response = await fetch("/events", {headers: this.headers(), cache: "no-store", signal: control.signal});
        if (response.status === 401) return this.onLink("refused");
        if (response.ok && response.body) {
          this.onLink("live");
          wait = 250;
          await this.read(response.body, heard);
        }
      } catch { /* lost, or never there: again */ }
      clearTimeout(timer);
      this.onLink("lost");
      await new Promise((go) => setTimeout(go, wait));
    }
  }

  private async read(body: ReadableStream<Uint8Array>, heard: () => void) {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    for (let text = ""; ;) {
      const {done, value} = await reader.read();
      if (done) return;
      heard();
      text += decoder.decode(value, {stream: true});
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const [event, data] = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        this.onEvent(event.slice("event: ".length), JSON.parse(data.slice("data: ".length)));
      }
    }
  }
}

const TOKEN = /^#[A-Za-z0-9_-]{43}$/;
const KEY = "dosegate-panel";

// The token stands behind the # of the address that the page was opened with, which browsers send to nobody. It is taken out
// of the address, and kept for as long as this tab lives, so that loading again works.
export function takeToken(): string {
  if (TOKEN.test(location.hash)) {
    const token = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
    try { sessionStorage.setItem(KEY, token); } catch { /* a control without storage */ }
    return token;
  }
  try { return sessionStorage.getItem(KEY) ?? ""; } catch { return ""; }
}
