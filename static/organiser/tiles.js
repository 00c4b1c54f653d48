/** The booths as tiles, those in trouble first; they move seldom, and visibly. */
import { html } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { clock, t } from "../shared/i18n.js";
import { deskName, employerName } from "../booth/plan.js";
import { Glide } from "./glide.js";
import { MENDS, reasonOf } from "./trouble.js";

/**
 * @typedef {import("./model.js").ControlModel} ControlModel
 * @typedef {import("./trouble.js").Tile} TileData
 * @typedef {import("./cells.js").DeskCell} DeskCell
 */

const glide = new Glide();

/** So many people read and not talked with for a minute are worth a line on the tile. */
const MUCH_READ = 3;

/** @param {{ model: ControlModel }} props */
export function Tiles({ model }) {
  const shown = model.shown.value;
  const longest = Math.max(10, ...shown.map((tile) => tile.booth.waiting));
  const order = shown.map((tile) => tile.booth.booth_id).join();
  return html`<section class="booths" aria-labelledby="tiles-heading">
    <header class="section-head">
      <h2 id="tiles-heading">${t("tiles.heading")} <span class="count figures">${shown.length}</span></h2>
      <p class="calm">${t("tiles.calm")}${model.orderedAt.value > 0
        && html` · <span class="figures">${t("tiles.calm_at", { time: clock(model.orderedAt.value) })}</span>`}</p>
    </header>
    ${shown.length === 0 && html`<p class="empty">${t("tiles.empty")}</p>`}
    <ol class="tiles" ref=${(/** @type {HTMLElement | null} */ list) => glide.placed(list, order)}>
      ${shown.map((tile) => html`<${Tile} key=${tile.booth.booth_id} model=${model} tile=${tile} longest=${longest} />`)}
    </ol>
  </section>`;
}

/** @param {{ model: ControlModel, tile: TileData, longest: number }} props */
function Tile({ model, tile, longest }) {
  const { booth, desks } = tile;
  const plan = model.booths.get(booth.booth_id);
  const number = plan?.number ?? booth.booth_id;
  const reason = reasonOf(tile, model.fair.value?.state);
  return html`<li class=${reason ? "card tile troubled" : "card tile"} data-booth=${booth.booth_id}>
    <h3><span>${t("tile.booth", { number })}</span>
      ${booth.waiting > 0 ? html`<button class="tile-line figures" type="button" data-act="line" aria-haspopup="dialog"
        aria-label=${`${t("tile.waiting", { n: booth.waiting })}. ${t("line.open", { number })}`}
        onClick=${() => model.openLine(booth.booth_id)}>${t("tile.waiting", { n: booth.waiting })}</button>`
      : html`<span class="figures">${t("tile.nobody")}</span>`}</h3>
    <p class="tile-employer" title=${plan ? employerName(plan) : ""}>${plan ? employerName(plan) : ""}</p>
    <progress max=${longest} value=${booth.waiting} aria-hidden="true"></progress>
    <p class="tile-wait figures"><span>${waitText(tile)}</span>
      ${booth.longest_since !== null && html`<span>${t("tile.longest_at", { time: clock(booth.longest_since) })}</span>`}
      ${booth.on_deck > 0 && html`<span class="tile-deck"><${Icon} name="bell" />${t("tile.on_deck", { n: booth.on_deck })}</span>`}
    </p>
    <ul class="desks">
      ${desks.map((desk) => html`<${Desk} key=${desk.desk_id} model=${model} desk=${desk} />`)}
      <li class="tile-met figures">${t("tile.interviewed", { n: booth.interviewed })}</li>
    </ul>
    ${(booth.read - booth.talked >= MUCH_READ || booth.missed_by_hand > 0) && html`<p class="tile-read quiet-text figures">${t("tile.read",
      { called: booth.called, read: booth.read, talked: booth.talked })}${booth.missed_by_hand > 0
        && ` · ${t("tile.missed_by_hand", { n: booth.missed_by_hand })}`}</p>`}
    ${reason && html`<${ReasonLine} model=${model} tile=${tile} reason=${reason} />`}
    ${model.mayAct && html`<${TileMenu} model=${model} booth=${booth} number=${number} />`}
  </li>`;
}

/** What an organiser may do with a booth, folded away. @param {{ model: ControlModel, booth: TileData["booth"], number: string }} props */
function TileMenu({ model, booth, number }) {
  if (model.fair.value?.state === "closed") return null;
  const act = booth.paused ? "resume_booth" : "pause_booth";
  const send = (/** @type {any} */ event) => {
    event.target.closest("details").open = false;
    void model.act(act, { booth_id: booth.booth_id });
  };
  const look = (/** @type {any} */ event) => {
    event.target.closest("details").open = false;
    model.openLine(booth.booth_id);
  };
  const pair = (/** @type {any} */ event) => {
    event.target.closest("details").open = false;
    model.devicesOf.value = { booth_id: booth.booth_id, number };
  };
  return html`<details class="tile-menu">
    <summary><span class="visually-hidden">${t("tile.menu", { number })}</span><${Icon} name="ellipsis" /></summary>
    <div class="tile-acts"><button class="button small" type="button" data-act=${act} disabled=${model.busy.value !== null}
      onClick=${send}>${t(`act.${act}`)}</button>
    <button class="button small" type="button" data-act="open_line" onClick=${look}>${t("mend.line")}</button>
    <button class="button small" type="button" data-act="devices" aria-haspopup="dialog" onClick=${pair}>${t("act.devices")}</button></div>
  </details>`;
}

/** @param {TileData} tile */
function waitText({ booth }) {
  const { reason, low_min: low, high_min: high, chance_pct: chance } = booth.wait;
  if (reason === "later" && chance) return t("wait.later_chance", { pct: chance });
  if (reason !== "range") return t(`wait.${reason}`);
  if (!high) return t("wait.range_none");
  return t("wait.range", { low: low ?? 0, high });
}

/** @param {{ model: ControlModel, desk: DeskCell }} props */
function Desk({ model, desk }) {
  const name = deskName(model.desks.get(desk.desk_id));
  return html`<li class=${`desk ${desk.state}`}>
    <${Shape} state=${desk.state} />
    <span class="desk-name">${name}</span> <span>${t(`desk.${desk.state}`)}</span>
  </li>`;
}

/** What is drawn inside a desk's square: a state can be told without its colour. */
const MARKS = /** @type {Record<string, unknown>} */ ({
  ready: null,
  calling: html`<path d="M4 8h8M9 5l3 3-3 3" />`,
  connecting: html`<path d="M4 8h.5M7.75 8h.5M11.5 8h.5" />`,
  interviewing: html`<path class="solid" d="M4 4h8v8H4z" />`,
  wrap_up: html`<path d="M5 8l2.5 2.5L11.5 5.5" />`,
  paused: html`<path d="M6 5v6M10 5v6" />`,
  closed: html`<path d="M5 8h6" />`,
});

/** @param {{ state: string }} props */
function Shape({ state }) {
  return html`<svg class="shape" viewBox="0 0 16 16" aria-hidden="true">
    <rect x="1" y="1" width="14" height="14" rx="3" />${MARKS[state]}</svg>`;
}

/** @param {{ model: ControlModel, tile: TileData, reason: import("./trouble.js").Reason }} props */
function ReasonLine({ model, tile, reason }) {
  const { key, desk } = reason;
  const where = model.booths.get(desk?.idle_booth_id ?? "");
  const sentence = t(`idle.${key}`, {
    n: tile.booth.waiting,
    desk: desk ? deskName(model.desks.get(desk.desk_id)) : "",
    time: desk ? clock(desk.since) : "",
    booth: where?.number ?? desk?.idle_booth_id ?? "",
    number: String(desk?.idle_number ?? ""),
    since: desk?.idle_since ? clock(desk.idle_since) : "",
  });
  const mend = model.mayAct ? MENDS[key] : undefined;
  const fields = mend === "resume_booth" ? { booth_id: tile.booth.booth_id } : {};
  return html`<div class="reason"><${Icon} name="triangle-alert" /><p>${sentence}</p>
    ${mend && html`<button class="button small" type="button" data-mend=${mend} disabled=${model.busy.value !== null}
      onClick=${() => model.act(mend, fields)}>${t(`mend.${mend}`)}</button>`}
    ${!mend && html`<button class="button small" type="button" data-mend="line" aria-haspopup="dialog"
      onClick=${() => model.openLine(tile.booth.booth_id)}>${t("mend.line")}</button>`}
  </div>`;
}
