// A client that somebody new might write in an afternoon, and its adapter, in another language and from
// ../ADAPTERS.md alone. It polls, pages and fetches, and knows nothing of what can go wrong: what the kit says of
// it is what the kit is for.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

const { SCRAPINGPROS_BASE_URL: base, SP_TOKEN: token, SP_CLOCK_URL: clock } = process.env;
const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");

// ---- the adapter's clock: three requests

const control = (path, body) =>
  fetch(clock + path, body && { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });

async function sleep(seconds) {
  const reply = await control("/sleep", { name: "subject", for: `${seconds}s` });
  if (reply.status === 409) throw Object.assign(new Error((await reply.json()).message), { hung: true });
}

// ---- the client

async function ask(method, path, body) {
  const reply = await fetch(base + "/v1/async/collections" + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  if (!reply.ok) throw Object.assign(new Error(await reply.text()), { status: reply.status });
  return reply.json();
}

async function* outcomes(collection, run) {
  const seen = new Set();
  for (;;) {
    const { status } = await ask("GET", `/${collection}/runs/${run}`);
    let cursor = "";
    do {
      const page = await ask("GET", `/${collection}/runs/${run}/jobs?limit=100&include_results=true` +
        `&status_filter=completed,failed,timeout${cursor && "&cursor=" + encodeURIComponent(cursor)}`);
      for (const row of page.items) {
        if (seen.has(row.job_public_id)) continue;
        seen.add(row.job_public_id);
        const result = row.status !== "completed" ? null
          : row.result ?? (await ask("GET", `/${collection}/runs/${run}/jobs/${row.job_public_id}/result`));
        yield { row, text: result?.html ?? result?.markdown ?? "" };
      }
      cursor = page.has_more ? page.cursor_next : "";
    } while (cursor);
    if (status !== "in_progress") return;
    await sleep(5);
  }
}

// ---- the adapter

const classes = { 400: "refused", 401: "auth", 403: "auth", 404: "not_found", 413: "refused", 422: "refused", 429: "rate" };

async function submit(message) {
  const made = await ask("POST", "", { name: message.name, requests: message.items });
  const told = { collection: made.id, submitted: message.items.length };
  for (const each of made.blocked_urls ?? []) say({ id: message.id, event: "bucket", kind: "blocked", index: each.index });
  for (const each of made.invalid_items ?? []) say({ id: message.id, event: "bucket", kind: "invalid", index: each.index });
  for (const url of made.duplicate_urls ?? []) say({ id: message.id, event: "bucket", kind: "duplicate", url });
  told.run = (await ask("POST", `/${made.id}/run`)).run_id;
  for await (const { row, text } of outcomes(made.id, told.run)) {
    const sha256 = text && createHash("sha256").update(text).digest("hex");
    say({ id: message.id, event: "item", job: row.job_public_id, custom_id: row.custom_id, url: row.url, status: row.status,
      verdict: row.is_success ? "usable" : "not_usable", bytes: Buffer.byteLength(text), sha256 });
  }
  return { ...told, end: "complete" };
}

let joined = false;
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  const { id, verb } = message;
  if (verb === "hello") {
    say({ id, done: "ok", name: "newcomer", version: "1", level: "L2", verbs: ["submit_batch"], capabilities: ["time.virtual"] });
    continue;
  }
  if (verb === "bye") { say({ id, done: "ok" }); break; }
  if (!joined) await control("/join", { name: "subject" });
  joined = true;
  try {
    say({ id, done: "ok", ...(await submit(message)) });
  } catch (error) {
    if (error.hung) say({ id, done: "hung", why: error.message });
    else say({ id, done: "error", error: { class: classes[error.status] ?? (error.status >= 500 ? "server" : "network"),
      status: error.status ?? null, text: String(error.message).slice(0, 300) } });
  }
}
