/** A booth's machines: a code to let one in, who is in, and letting one go. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { Trouble, useQuestion } from "../shared/components.js";
import { Dialog } from "../shared/dialog.js";
import { clock, date, t } from "../shared/i18n.js";

/**
 * @typedef {{ staff_id: string, display_name: string, booth_id: string, code_expires_at: number,
 *   paired_at: number | null, last_seen_at: number | null }} Device
 * @typedef {{ device: Device, connected: boolean }} Listed
 * @typedef {{ staff_id: string, code: string, expires_at: number }} PairingCode
 */

/** While the dialog is open the list is read again so often; ms. */
const AGAIN_MS = 3_000;

/** @param {{ fairId: string, booth: { booth_id: string, number: string }, close: () => void }} props */
export function DevicesDialog({ fairId, booth, close }) {
  const path = `/api/fairs/${fairId}/devices`;
  const { listed, error, change } = useDevices(path, booth.booth_id);
  const [made, setMade] = useState(/** @type {PairingCode | null} */ (null));
  const make = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const name = String(new FormData(form).get("name") || "").trim();
    void change(async () => setMade(await api("POST", path, { booth_id: booth.booth_id, name })));
  };
  const revoke = (/** @type {string} */ id) => change(async () => {
    await api("DELETE", `${path}/${id}`);
    if (made?.staff_id === id) setMade(null);
  });
  return html`<${Dialog} title=${t("devices.title", { number: booth.number })} close=${close}>
    <p class="quiet-text">${t("devices.lead")}</p>
    ${made ? html`<${Code} made=${made} listed=${listed} again=${() => setMade(null)} />`
      : html`<${Ask} n=${(listed?.length ?? 0) + 1} make=${make} />`}
    <${Trouble} error=${error} />
    ${listed?.length === 0 && html`<p class="quiet-text">${t("devices.none")}</p>`}
    ${!!listed?.length && html`<ul class="devices">
      ${listed.map((one) => html`<${OneDevice} key=${one.device.staff_id} one=${one} revoke=${revoke} />`)}
    </ul>`}
  <//>`;
}

/**
 * The list, read again and again while it is looked at: a machine comes in by itself.
 * @param {string} path
 * @param {string} boothId
 */
function useDevices(path, boothId) {
  const [listed, setListed] = useState(/** @type {Listed[] | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const read = async () => {
    const { devices } = /** @type {{ devices: Listed[] }} */ (await api("GET", path));
    setListed(devices.filter(({ device }) => device.booth_id === boothId));
  };
  useEffect(() => {
    read().catch(setError);
    // A read that fails says nothing: the next one follows.
    const timer = setInterval(() => read().catch(() => {}), AGAIN_MS);
    return () => clearInterval(timer);
  }, [path, boothId]);
  /** @param {() => Promise<unknown>} act */
  const change = (act) => act().then(read).then(() => setError(null), setError);
  return { listed, error, change };
}

/** @param {{ n: number, make: (event: SubmitEvent) => void }} props */
function Ask({ n, make }) {
  return html`<form class="device-form" onSubmit=${make}>
    <label class="field"><span class="label">${t("devices.name")}</span>
      <input class="input" name="name" maxlength="100" required autocomplete="off"
        defaultValue=${t("devices.name_first", { n })} /></label>
    <button class="button primary">${t("devices.make")}</button>
  </form>`;
}

/**
 * The code, until a machine has come in by it.
 * @param {{ made: PairingCode, listed: Listed[] | null, again: () => void }} props
 */
function Code({ made, listed, again }) {
  const machine = listed?.find(({ device }) => device.staff_id === made.staff_id)?.device;
  // A machine awaited no more has come too late, or was let go.
  const over = !machine && Date.now() > made.expires_at;
  const command = `booth-client --server ${location.origin}`;
  return html`<section class="device-code" aria-live="polite">
    ${over ? html`<p><b>${t("devices.expired")}</b></p>`
      : machine?.paired_at ? html`<p class="device-in"><b>${t("devices.in", { name: machine.display_name })}</b></p>`
      : html`<p class="code-figures figures" data-code>${made.code}</p>
        <p>${t("devices.valid", { time: clock(made.expires_at) })}</p>
        <p>${t("devices.how")}<br /><code>${command}</code></p>`}
    <button class="button" type="button" onClick=${again}>${t("devices.another")}</button>
  </section>`;
}

/** @param {{ one: Listed, revoke: (id: string) => unknown }} props */
function OneDevice({ one: { device, connected }, revoke }) {
  const [asking, setAsking] = useState(false);
  const { stay, opener } = useQuestion(asking);
  const name = html`<span class="visually-hidden"> ${device.display_name}</span>`;
  return html`<li>
    <p><b>${device.display_name}</b> <span class="quiet-text">${stateOf(device, connected)}</span></p>
    ${asking ? html`<p class="device-ask">${t("devices.ask")}
        <button class="button danger small" type="button" onClick=${() => revoke(device.staff_id)}>${t("devices.yes")}${name}</button>
        <button class="button small" type="button" ref=${stay} onClick=${() => setAsking(false)}>${t("devices.no")}</button></p>`
      : html`<button class="link-button" type="button" ref=${opener} onClick=${() => setAsking(true)}>${t("devices.revoke")}${name}</button>`}
  </li>`;
}

/**
 * @param {Device} device
 * @param {boolean} connected
 */
function stateOf({ paired_at: paired, code_expires_at: until, last_seen_at: seen }, connected) {
  if (connected) return t("devices.connected");
  if (!paired) return t("devices.awaited", { time: clock(until) });
  return t("devices.seen", { when: `${clock(seen ?? paired)} ${date(dayFormat.format(seen ?? paired))}` });
}

const dayFormat = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" });
