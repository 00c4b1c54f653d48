// For who is recorded: the question, the sign while it is on, and the way to stop it.
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { Trouble } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { chime } from "../shared/sound.js";

/**
 * @typedef {import("./beside.js").RecordingCell} RecordingCell
 * @typedef {{ link: import("../shared/net.js").Link, ticketId: string, recording: RecordingCell,
 *   side: "candidate" | "guest" }} Props
 */

/** That a recording has stopped is said for so long; ms. */
const SAID_MS = 12_000;

/** @param {Props} props */
export function RecordingNotice({ link, ticketId, recording, side }) {
  const asked = recording.state !== "stopped" && recording.waits_for.includes(side);
  if (asked) {
    return html`<${Question} key=${recording.recording_id} link=${link} ticketId=${ticketId} recording=${recording} />`;
  }
  const stop = () => link.send("withdraw_recording", { ticket_id: ticketId }).catch(() => {});
  return html`<${Sign} recording=${recording} stop=${stop} />`;
}

/**
 * The sign: a dot and words, announced at every change, with the way to stop it.
 * @param {{ recording: RecordingCell, stop: () => void }} props
 */
export function Sign({ recording: { recording_id: id, state, waits_for: waits, ended_by: by }, stop }) {
  const [over, setOver] = useState("");
  const stopped = state === "stopped";
  useEffect(() => {
    if (!stopped) return;
    const timer = setTimeout(() => setOver(id), SAID_MS);
    return () => clearTimeout(timer);
  }, [stopped, id]);
  if (stopped && over === id) return null;
  const words = state === "on" ? t("recording.on")
    : stopped ? t(by && by !== "desk" ? `recording.stopped_${by}` : "recording.stopped")
      : t("recording.waits", { who: waits.map((one) => t(`recording.${one}`)).join(", ") });
  return html`<section class="recording-sign" data-state=${state} aria-label=${t("recording.heading")}>
    <p role="status"><span class="dot" aria-hidden="true"></span>${words}</p>
    ${!stopped && html`<button class="button small" type="button" onClick=${stop}>
      ${t(state === "on" ? "recording.stop" : "recording.do_not")}</button>`}
  </section>`;
}

/** @param {{ link: Props["link"], ticketId: string, recording: RecordingCell }} props */
function Question({ link, ticketId, recording }) {
  const [error, setError] = useState(null);
  const [sent, setSent] = useState(false);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    chime(0.2);
    const before = document.activeElement;
    // On the question, not on an answer: a key meant for something else agrees to nothing.
    box.current?.focus();
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  const answer = (/** @type {boolean} */ agree) => {
    setSent(true);
    link.send("answer_recording", { ticket_id: ticketId, recording_id: recording.recording_id, agree })
      .catch((/** @type {any} */ refusal) => {
        setError(refusal);
        setSent(false);
      });
  };
  return html`<section class="recording-question" role="alertdialog" tabindex="-1" ref=${box}
    aria-labelledby="recording-words" aria-describedby="recording-more">
    <p id="recording-words"><b>${t("recording.ask")}</b></p>
    <div id="recording-more"><p>${t("recording.what")} ${t("recording.who", { n: recording.keep_days })}</p>
      <p>${t("recording.free")}</p></div>
    <div class="recording-acts">
      <button class="button" type="button" disabled=${sent} onClick=${() => answer(true)}>${t("recording.yes")}</button>
      <button class="button" type="button" disabled=${sent} onClick=${() => answer(false)}>${t("recording.no")}</button>
    </div>
    <${Trouble} error=${error} />
  </section>`;
}
