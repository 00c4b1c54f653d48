// Microphone and network tried, on the candidate's phone and on the recruiter's computer.
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { Icon, useTick } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { Meter } from "../shared/media.js";
import { RemotePicture } from "../shared/picture.js";
import { EchoTest } from "./echo.js";

/** @param {{ stream: MediaStream }} props */
export function Loudness({ stream }) {
  const bar = useRef(/** @type {HTMLMeterElement | null} */ (null));
  useEffect(() => {
    const meter = new Meter(stream);
    const timer = setInterval(() => {
      if (bar.current) bar.current.value = meter.level();
    }, 80);
    return () => {
      clearInterval(timer);
      void meter.close();
    };
  }, [stream]);
  return html`<label class="loudness">${t("check.speak")}
    <meter ref=${bar} min="0" max="1" value="0"></meter></label>`;
}

/**
 * There and back over the network, when the person asks for it.
 * @param {{ stream: MediaStream, found?: (good: boolean) => void }} props `found` hears what came of it
 */
export function NetworkTest({ stream, found }) {
  const [test, setTest] = useState(/** @type {EchoTest | null} */ (null));
  useEffect(() => () => test?.close(), [test]);
  const begin = () => setTest(new EchoTest(stream));
  const state = test?.state.value;
  useEffect(() => {
    if (test && state === "over") found?.(test.verdict().network === "good");
  }, [test, state]);
  const goesOn = state === "connecting" || state === "running";
  return html`<section class="card echo" data-state=${state}>
    <h2>${t("echo.title")}</h2>
    ${!goesOn && html`<p>${t("echo.what")}</p>`}
    ${state === "connecting" && html`<p role="status">${t("echo.connecting")}</p>`}
    ${test && state === "running" && html`<p role="status"><b>${t("echo.speak")}</b></p>
      <div class="mirror"><${RemotePicture} stream=${test.remote.value} label=${t("echo.back")} /></div>`}
    ${test && state === "over" && html`<${Findings} test=${test} />`}
    ${test && state === "refused" ? html`<${Later} test=${test} begin=${begin} />`
      : !goesOn && html`<button class="button wide" type="button" onClick=${begin}>
        <${Icon} name="signal-high" />${t(test ? "echo.again" : "echo.begin")}</button>`}
  </section>`;
}

/** @param {{ test: EchoTest }} props */
function Findings({ test }) {
  const { network, advice } = test.verdict();
  const { connected, trip, lost, relayed } = test.found.value;
  const good = network === "good" && !advice.length;
  return html`<div class="findings" role="status">
    <p class=${good ? "good" : "bad"}><${Icon} name=${good ? "circle-check" : "circle-alert"} />
      <b>${t(`echo.network_${network}`)}</b></p>
    ${advice.map((key) => html`<p key=${key}>${t(`echo.advice_${key}`)}</p>`)}
    ${connected && html`<p class="small-text figures">${t("echo.figures", {
      trip: Math.round(trip * 1000), lost: Math.round(lost * 100) })}
      ${relayed && ` ${t("echo.relayed")}`}</p>`}
  </div>`;
}

/** The server has no place now: when to try again, counted down. @param {{ test: EchoTest, begin: () => void }} props */
function Later({ test, begin }) {
  const now = useTick(1_000);
  const [since] = useState(Date.now());
  const error = test.error.value;
  const left = Math.max(0, (error?.detail.again_s ?? 0) - Math.floor((now - since) / 1000));
  return html`<div class="findings">
    <p role="status">${error?.code === "unreachable" ? t("error.unreachable") : error?.message}</p>
    <button class="button wide" type="button" disabled=${left > 0} onClick=${begin}>
      ${left > 0 ? t("echo.again_in", { n: left }) : t("echo.again")}</button>
  </div>`;
}
