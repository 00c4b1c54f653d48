// At the desk: ask to record, see who has not answered, record while the server says that it is on.
import { html, useEffect, useState } from "../vendor/ui.js";
import { Trouble } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { Key, keyOf } from "../booth/keys.js";
import { Sign } from "./notice.js";
import { Recorder, unsent } from "./recorder.js";

/** The recorder of the interview at this desk, if one was needed. */
let recorder = /** @type {Recorder | null} */ (null);

function end() {
  recorder?.stop();
  recorder = null;
}

/**
 * @param {{ link: import("../shared/net.js").Link, fairId: string,
 *   ticket: import("../booth/cells.js").TicketCell, room: import("../shared/room.js").Room | null,
 *   own: MediaStream | null }} props
 */
export function DeskRecording({ link, fairId, ticket, room, own }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const recording = ticket.recording ?? null;
  const remote = room?.remote.value ?? null;
  // Without the server nobody here would hear of a no: then nothing is recorded.
  const isOn = recording?.state === "on" && link.status.value === "live";
  useEffect(() => {
    if (!recording || recording.state === "stopped") return end();
    if (recorder?.recordingId !== recording.recording_id) end();
    if (isOn) recorder ??= new Recorder(fairId, recording.recording_id);
    recorder?.follow(isOn ? remote : null, own);
  }, [recording?.recording_id, recording?.state, isOn, remote, own]);
  useEffect(() => end, []);
  const send = (/** @type {string} */ type, /** @type {object} */ more) =>
    link.send(type, { ticket_id: ticket.ticket_id, ...more }).then(() => setError(null), setError);
  const runs = recording !== null && recording.state !== "stopped";
  const stop = () => send("withdraw_recording", {});
  return html`<div class="desk-recording">
    ${recording && html`<${Sign} recording=${recording} stop=${stop} />`}
    ${!runs && room && html`<button class="button small quiet" type="button" ...${keyOf("R")}
      onClick=${() => send("ask_recording", { peer: room.peer })}>${t("recording.ask_act")}<${Key} of="R" /></button>`}
    ${unsent.value > 0 && !runs && html`<p class="quiet-text" role="status">${t("recording.sending")}</p>`}
    <${Trouble} error=${error} />
  </div>`;
}
