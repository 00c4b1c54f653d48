/** A lost or locked code given again: the number, whose it is, and the new code, shown once. */
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { grouped } from "../shared/code.js";
import { Trouble } from "../shared/components.js";
import { Dialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";

/** @typedef {{ number: number, full_name: string, birth_year: number, phone_end: string }} Owner */

/** @param {{ fairId: string, close: () => void }} props */
export function NewCodeDialog({ fairId, close }) {
  const { owner, made, error, busy, find, give, again } = useNewCode(fairId);
  return html`<${Dialog} title=${t("codes.title")} close=${close}>
    ${made ? html`<${Made} owner=${owner} code=${made} again=${again} />`
      : owner ? html`<${Compare} owner=${owner} busy=${busy} give=${give} again=${again} />`
      : html`<${Ask} busy=${busy} find=${find} />`}
    <${Trouble} error=${error} />
  <//>`;
}

/** @param {string} fairId */
function useNewCode(fairId) {
  const [owner, setOwner] = useState(/** @type {Owner | null} */ (null));
  const [made, setMade] = useState("");
  const [error, setError] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const path = (/** @type {number} */ number) => `/api/fairs/${fairId}/numbers/${number}`;
  /** @param {() => Promise<unknown>} act */
  const run = (act) => {
    setBusy(true);
    setError(null);
    return act().catch(setError).finally(() => setBusy(false));
  };
  const find = (/** @type {number} */ number) =>
    run(async () => setOwner(await api("GET", path(number))));
  const give = (/** @type {boolean} */ signOut) => run(async () => {
    if (!owner) return;
    const { code } = await api("POST", `${path(owner.number)}/code`, { sign_out: signOut });
    setMade(code);
  });
  const again = () => {
    setOwner(null);
    setMade("");
    setError(null);
  };
  return { owner, made, error, busy, find, give, again };
}

/** Each step begins where the one before has gone, for the keyboard and the screen reader. */
function useStart() {
  const start = useRef(/** @type {any} */ (null));
  useEffect(() => start.current?.focus(), []);
  return start;
}

/** @param {{ busy: boolean, find: (number: number) => unknown }} props */
function Ask({ busy, find }) {
  const start = useStart();
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("number");
    void find(Number(said));
  };
  return html`<p class="quiet-text">${t("codes.lead")}</p>
    <form class="code-form" onSubmit=${submit}>
      <label class="field"><span class="label">${t("codes.number")}</span>
        <input class="input figures" name="number" ref=${start} autofocus required inputmode="numeric" pattern="[0-9]*"
          maxlength="6" autocomplete="off" /></label>
      <button class="button primary" disabled=${busy}>${t("codes.find")}</button>
    </form>`;
}

/**
 * Whose number it is: asked for, not read out.
 * @param {{ owner: Owner, busy: boolean, give: (signOut: boolean) => unknown, again: () => void }} props
 */
function Compare({ owner, busy, give, again }) {
  const [signOut, setSignOut] = useState(false);
  const start = useStart();
  return html`<section class="code-owner">
    <p ref=${start} tabindex="-1"><b class="figures">${owner.number}</b> <b>${owner.full_name}</b><br />
      ${t("codes.born", { year: String(owner.birth_year) })}${owner.phone_end
        && html`<br />${t("codes.phone_end", { digits: owner.phone_end })}`}</p>
    <p>${t("codes.compare")}</p>
    <label class="check"><input type="checkbox" checked=${signOut}
      onChange=${() => setSignOut(!signOut)} /><span>${t("codes.sign_out")}</span></label>
    <div class="code-acts">
      <button class="button primary" type="button" data-act="give_code" disabled=${busy}
        onClick=${() => give(signOut)}>${t("codes.give")}</button>
      <button class="button" type="button" onClick=${again}>${t("codes.other")}</button>
    </div>
  </section>`;
}

/** @param {{ owner: Owner | null, code: string, again: () => void }} props */
function Made({ owner, code, again }) {
  const start = useStart();
  return html`<section class="code-made" ref=${start} tabindex="-1">
    <p>${t("codes.made", { number: String(owner?.number ?? "") })}</p>
    <p class="new-code figures" data-code>${grouped(code)}</p>
    <p>${t("codes.once")}</p>
    <button class="button" type="button" onClick=${again}>${t("codes.other")}</button>
  </section>`;
}
