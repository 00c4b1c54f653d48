/** A booth's line, by numbers: what holds each ticket, and the commands that exist for it. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { Dialog } from "../shared/dialog.js";
import { clock, t } from "../shared/i18n.js";
import { employerName } from "../booth/plan.js";
import { LineRow } from "./line_row.js";

/**
 * @typedef {import("./model.js").ControlModel} ControlModel
 * @typedef {import("./cells.js").LineTicket} LineTicket
 * @typedef {import("./cells.js").GoneTicket} GoneTicket
 * @typedef {import("./cells.js").BoothLine} BoothLine
 */

/** While people look at a line that moves, it is read again at most this often; ms. */
const AGAIN_MS = 1_000;

/** @param {{ model: ControlModel, boothId: string }} props */
export function LineDialog({ model, boothId }) {
  const [number, setNumber] = useState("");
  const { line, error, again } = useLine(model, boothId, "");
  const one = useLine(model, boothId, number);
  const shown = number ? one.line : line;
  const plan = model.booths.get(boothId);
  const close = () => (model.lineOf.value = null);
  return html`<${Dialog} title=${t("line.title", { number: plan?.number ?? boothId })} close=${close}>
    <div class="line-head">
      <p><b class="figures">${t("line.count", { n: line?.waiting ?? 0 })}</b>
        <span class="quiet-text">${plan ? employerName(plan) : ""}</span></p>
      <label class="line-find" for="line-find"><span>${t("line.find")}</span>
        <input class="input figures" id="line-find" type="search" inputmode="numeric" maxlength="9" value=${number}
          onInput=${(/** @type {any} */ event) => setNumber(event.target.value.replace(/\D/g, ""))} /></label>
    </div>
    <${Trouble} error=${model.fault.value ?? error} />
    ${!shown ? !error && html`<p class="quiet-text" role="status">${t("line.reading")}</p>`
      : html`<${Shown} model=${model} shown=${shown} all=${line?.tickets ?? []} number=${number} again=${again} />`}
  <//>`;
}

/**
 * @param {{ model: ControlModel, shown: BoothLine, all: LineTicket[], number: string, again: () => void }} props
 */
function Shown({ model, shown, all, number, again }) {
  const { tickets, gone } = shown;
  const nobody = tickets.length + gone.length === 0;
  const standing = tickets.filter(({ position }) => position > 0).length;
  return html`${nobody && html`<p class="quiet-text" role="status">
      ${number ? t("line.not_here", { number }) : t("line.empty")}</p>`}
    <ol class="line-rows">
      ${tickets.map((ticket) => html`<${LineRow} key=${ticket.ticket_id} model=${model} ticket=${ticket}
        others=${all} again=${again} />`)}
    </ol>
    ${!number && shown.waiting > standing && html`<p class="quiet-text">${t("line.more", { n: shown.waiting - standing })}</p>`}
    ${gone.length > 0 && html`<h3>${t("line.gone")}</h3>
      <ul class="line-rows">${gone.map((ticket) => html`<${Gone} key=${ticket.ticket_id} model=${model}
        ticket=${ticket} again=${again} />`)}</ul>`}`;
}

/** @param {{ model: ControlModel, ticket: GoneTicket, again: () => void }} props */
function Gone({ model, ticket, again }) {
  const recall = async () => {
    if (await model.act("recall", { ticket_id: ticket.ticket_id })) again();
  };
  const over = model.fair.value?.state === "closed";
  return html`<li class="line-row">
    <p class="line-facts"><b class="figures">${t("line.number", { number: String(ticket.number) })}</b>
      <span class="quiet-text">${t(`line.gone_${ticket.state}`, { time: clock(ticket.since) })}</span></p>
    ${model.mayAct && !over && html`<div class="line-acts"><button class="button small" type="button" data-act="recall"
      aria-label=${t("line.recall_of", { number: String(ticket.number) })} disabled=${model.busy.value !== null}
      onClick=${recall}>${t("line.recall")}</button></div>`}
  </li>`;
}

/**
 * Read a line, and again when the booth's tile changes: the control view does not carry it.
 * @param {ControlModel} model
 * @param {string} boothId
 * @param {string} number only this person's turns, or all with ""
 */
function useLine(model, boothId, number) {
  const [line, setLine] = useState(/** @type {BoothLine | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [times, setTimes] = useState(0);
  const tile = model.tiles.value.get(boothId);
  const changes = [tile?.booth, ...(tile?.desks.map((desk) => desk.state) ?? [])];
  useEffect(() => {
    let wanted = true;
    const query = number ? `?number=${number}` : "";
    const read = () => api("GET", `/api/fairs/${model.plan.fair_id}/booths/${boothId}/line${query}`).then(
      (said) => { if (wanted) { setLine(said); setError(null); } },
      (refusal) => { if (wanted) setError(refusal); });
    const timer = setTimeout(read, line && line.booth_id === boothId ? AGAIN_MS : 0);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [boothId, number, times, JSON.stringify(changes)]);
  return { line, error, again: () => setTimes(times + 1) };
}
