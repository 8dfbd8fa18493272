// The live panel. Everything that is said comes from the server (adapters/panel), in its order and its words.
import {render} from "preact";
import "uplot/dist/uPlot.min.css";
import "../../report.css";
import "./panel.css";
import {App} from "./app";
import {Feed, takeToken} from "./feed";
import {Store} from "./store";

const store = new Store();
const token = takeToken();
const feed = token ? new Feed(token, (kind, data) => store.take(kind, data), (link) => store.setLink(link)) : null;
render(<App store={store} feed={feed} />, document.getElementById("panel")!);
// Another program may put the address with the token in when the page is there already.
addEventListener("hashchange", () => { if (takeToken() !== token) location.reload(); });
