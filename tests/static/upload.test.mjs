// A recording on its way: after any drop it goes on where the server is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Upload } from "../../static/recording/upload.js";

/** A server of the tus protocol in memory; `fault` may answer in its place, before or after. */
class Server {
  constructor(fault = () => null) {
    this.bytes = "";
    this.length = null;
    this.fault = fault;
    this.asked = [];
  }

  ask = async (method, path, headers, body) => {
    this.asked.push(method);
    const before = this.fault(method, this.asked.length, "before");
    if (before) return before();
    const answer = await this.answer(method, headers, body);
    const after = this.fault(method, this.asked.length, "after");
    return after ? after() : answer;
  };

  async answer(method, headers, body) {
    const say = (status, more = {}) => ({ status, headers: { get: (name) => more[name] ?? null } });
    if (method === "POST") return say(201, { Location: "/files/f1" });
    if (method === "HEAD") return say(200, { "Upload-Offset": String(this.bytes.length) });
    if (Number(headers["Upload-Offset"]) !== this.bytes.length) return say(409);
    this.bytes += await body.text();
    if (headers["Upload-Length"]) this.length = Number(headers["Upload-Length"]);
    return say(204);
  }
}

const lost = () => Promise.reject(new TypeError("network"));
const waits = [];
const wait = async (ms) => void waits.push(ms);

function send(server) {
  const upload = new Upload("/files", "video/webm", server.ask, wait);
  for (const piece of ["one ", "two ", "three"]) upload.add(new Blob([piece]));
  upload.finish();
  return upload.done;
}

test("pieces arrive in order and the length is told at the end", async () => {
  const server = new Server();
  assert.equal(await send(server), true);
  assert.deepEqual([server.bytes, server.length], ["one two three", 13]);
});

test("a large recording goes in bounded pieces", async () => {
  const server = new Server();
  const upload = new Upload("/files", "video/webm", server.ask, wait);
  upload.add(new Blob(["x".repeat(1_300_000)]));
  upload.finish();
  assert.equal(await upload.done, true);
  assert.equal(server.asked.filter((method) => method === "PATCH").length, 3);
  assert.equal(server.length, 1_300_000);
});

test("a piece whose way there was cut is sent again", async () => {
  const server = new Server((method, count, when) => (when === "before" && count === 2 ? lost : null));
  assert.equal(await send(server), true);
  assert.equal(server.bytes, "one two three");
});

test("a piece whose answer was lost is not sent twice", async () => {
  const server = new Server((method, count, when) => (when === "after" && count === 2 ? lost : null));
  assert.equal(await send(server), true);
  assert.equal(server.bytes, "one two three");
  assert.ok(server.asked.includes("HEAD"));
});

test("what was deleted is not sent any more", async () => {
  const gone = async () => ({ status: 410, headers: { get: () => null } });
  const server = new Server((method) => (method === "PATCH" ? gone : null));
  assert.equal(await send(server), false);
  assert.equal(server.bytes, "");
});
