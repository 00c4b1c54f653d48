// What a phone without a camera is told, and what a test of the network comes to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { browserKind, intentLink, isInApp } from "../../static/ways/browser_kind.js";
import { judgeTest } from "../../static/ways/verdict.js";

const ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-A047F) AppleWebKit/537.36 (KHTML, like Gecko)";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15";
const AGENTS = {
  [`${ANDROID} Version/4.0 Chrome/124.0 Mobile Safari/537.36 Zalo android/24040 ZaloTheme/light`]: "in_app",
  [`${ANDROID} Chrome/124.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/450.0;]`]: "in_app",
  [`${IPHONE} (KHTML, like Gecko) Mobile/15E148 Zalo iOS/560`]: "in_app",
  [`${ANDROID} Chrome/124.0.0.0 Mobile Safari/537.36`]: "chrome_android",
  [`${IPHONE} (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1`]: "safari_ios",
  "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0": "firefox",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/124.0 Safari/537.36 Edg/124.0": "chrome",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15": "safari",
  "": "other",
};

test("a browser is known by what it says, an app's own one first", () => {
  const words = JSON.parse(readFileSync(new URL("../../static/ways/words/vi.json", import.meta.url), "utf8"));
  for (const [agent, kind] of Object.entries(AGENTS)) {
    assert.equal(browserKind(agent), kind, agent);
    assert.equal(isInApp(agent), kind === "in_app", agent);
    assert.ok(words[`ways.allow_${kind}`], `no words how to allow the camera in ${kind}`);
  }
});

test("the link for the phone's own browser keeps the address and its secret part", () => {
  assert.equal(intentLink("https://fair.example:8443/f/x/#t=abc"),
    "intent://fair.example:8443/f/x/#t=abc#Intent;scheme=https;"
    + "action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE;end");
});

const WELL = { connected: true, sentVideo: true, sentAudio: true, frames: 60, heard: true, trip: 0.05,
  lost: 0, relayed: false };

test("a test that went well asks for no change", () => {
  assert.deepEqual(judgeTest(WELL), { network: "good", advice: [] });
});

test("every fault of a test has a word of what to change, and the word is written", () => {
  const cases = [
    [{ connected: false }, "blocked", "blocked"],
    [{ lost: 0.2 }, "poor", "poor_lost"],
    [{ trip: 0.8 }, "poor", "poor_slow"],
    [{ lost: 0.04 }, "fair", "fair"],
    [{ frames: 0 }, "good", "no_picture_back"],
    [{ heard: false }, "good", "too_quiet"],
    [{ sentAudio: false, heard: false }, "good", "no_sound"],
  ];
  const words = JSON.parse(readFileSync(new URL("../../static/ways/words/vi.json", import.meta.url), "utf8"));
  for (const [change, network, advice] of cases) {
    assert.deepEqual(judgeTest({ ...WELL, ...change }), { network, advice: [advice] });
    assert.ok(words[`echo.advice_${advice}`] && words[`echo.network_${network}`]);
  }
});

test("without a camera nobody is told that the picture did not come back", () => {
  assert.deepEqual(judgeTest({ ...WELL, sentVideo: false, frames: 0 }).advice, []);
});
