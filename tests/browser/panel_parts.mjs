// A dosegate-grpc, a panel that follows it, and a planning system in Python that does what it is told.
import {spawn} from "node:child_process";
import {chmodSync, mkdtempSync, rmSync} from "node:fs";
import {dirname, join} from "node:path";
import {createInterface} from "node:readline";
import {fileURLToPath} from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const bin = process.argv[2];

const started = [];
const folder = mkdtempSync("/tmp/dosegate-panel-");
chmodSync(folder, 0o700);
export const address = `unix:${folder}/socket`;

export function start(program, args, options = {}) {
  const child = spawn(program, args, {stdio: ["pipe", "pipe", "inherit"], ...options});
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const one = {child, next: async () => (await lines.next()).value, ended: new Promise((end) => child.on("exit", end))};
  started.push(one);
  return one;
}

export async function startServer(...more) {
  const server = start(join(bin, "dosegate-grpc"), ["--listen", address, ...more]);
  await server.next();
  return server;
}
export async function startPanel(...more) {
  const panel = start(join(bin, "dosegate"), ["panel", "--server", address, ...more]);
  panel.url = await panel.next();
  return panel;
}
export function startPlanner() {
  const planner = start("/usr/bin/python3", [join(here, "panel_session.py"), address]);
  planner.tell = async (command) => {
    planner.child.stdin.write(command + "\n");
    const line = await planner.next();
    if (line === undefined) throw new Error(`the planning system ended at '${command}'`);
    return JSON.parse(line);
  };
  return planner;
}

export async function endAll() {
  for (const {child, ended} of started.reverse()) {
    child.stdin.end();
    child.kill("SIGTERM");
    await Promise.race([ended, new Promise((go) => setTimeout(go, 3000))]);
    child.kill("SIGKILL");
  }
  rmSync(folder, {recursive: true, force: true});
}
