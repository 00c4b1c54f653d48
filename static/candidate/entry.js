// Coming in: the form for newcomers, number and code for those who have them, the number card.
import { html, useEffect, useState } from "../vendor/ui.js";
import { api, fairId } from "../shared/api.js";
import { grouped } from "../shared/code.js";
import { Icon, Trouble } from "../shared/components.js";
import { either, t } from "../shared/i18n.js";
import { isShared } from "../shared/keep.js";
import { RegisterForm, SharedChoice } from "./form.js";
import { occasion } from "./plan.js";
import { comeIn, facts, fault, screen, signOut, signedOut, who } from "./state.js";

export function Entry() {
  return html`<main class="page entry">
    <section class="hello">
      <h1>${t("entry.title")}</h1>
      <p class="lead">${t("entry.lead")}</p>
      <ul class="facts">
        <li><${Icon} name="briefcase" /><b>${either(facts.value?.name)}</b></li>
        <li><${Icon} name="calendar" /><span>${occasion()}</span></li>
        <li><${Icon} name="map-pin" /><span>${facts.value?.place}</span></li>
      </ul>
      ${fault.value && html`<${Trouble} error=${fault.value} />`}
      <p class="have"><button class="button" type="button" onClick=${() => (screen.value = "sign_in")}>
        ${t("entry.have_number")}</button></p>
    </section>
    <${RegisterForm} />
  </main>`;
}

/** Back in with number and code, on any phone. */
export function SignIn() {
  const [error, setError] = useState(/** @type {any} */ (fault.value));
  const [busy, setBusy] = useState(false);
  const [shared, setShared] = useState(false);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (busy) return;
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    setBusy(true);
    setError(null);
    try {
      await comeIn("/api/sessions", {
        fair_id: fairId(), number: digits(said.get("number")), code: String(said.get("code")),
      }, shared);
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  return html`<main class="page">
    <h1>${t("sign_in.title")}</h1>
    <p class="lead">${t(signedOut.value ? "sign_in.out" : "sign_in.lead")}</p>
    <form class="card stack" onSubmit=${submit}>
      <${ShortField} name="number" size="5" maxlength="6" autocomplete="off" />
      <${ShortField} name="code" size="9" maxlength="20" autocomplete="one-time-code" />
      <${SharedChoice} shared=${shared} choose=${setShared} />
      <${Trouble} error=${error} />
      <button class="button primary wide" aria-disabled=${busy}>${t("sign_in.submit")}</button>
    </form>
    <button class="button quiet" type="button" onClick=${() => (screen.value = "entry")}>
      <${Icon} name="arrow-left" />${t("sign_in.new")}</button>
  </main>`;
}

/** @param {FormDataEntryValue | null} typed */
const digits = (typed) => Number(String(typed).replace(/\D/g, ""));

/**
 * Digits, also with the spaces and dashes with which they were written down or copied.
 * @param {{ name: "number" | "code", size: string, maxlength: string, autocomplete: string }} props
 */
function ShortField({ name, ...input }) {
  return html`<div class="field">
    <label for=${name}>${t(`sign_in.${name}`)}</label>
    <input class="input figures short" id=${name} name=${name} required inputmode="numeric"
      pattern="[0-9 .\\-]*" ...${input} />
  </div>`;
}

/** What the server says of the person's code and link now: staff may have given another code. */
function useOwnCard() {
  const [own, setOwn] = useState(/** @type {{ code: string, url: string } | null} */ (null));
  useEffect(() => {
    // Without a connection the card shows what came with the number.
    api("GET", `/api/fairs/${fairId()}/own_link`).then(setOwn, () => {});
  }, []);
  return own;
}

/** The person's number, code and link; to come back from any phone. */
export function NumberCard() {
  const own = useOwnCard();
  const person = who.value;
  if (!person) return null;
  const code = own?.code ?? person.code;
  // Neither a picture nor a copied link stays on a computer that others use, too.
  const link = isShared() ? null : own?.url ?? person.ticket_link;
  return html`<main class="page card-page">
    <section class="card number-card">
      <h1 class="label">${t("home.your_number")}</h1>
      <p class="number figures">${person.number}</p>
      ${code && html`<p class="code">${t("card.code")}
        <b class="figures">${grouped(code)}</b></p>`}
      <p class="quiet-text">${t(!code ? "card.no_code" : isShared() ? "card.keep_shared" : "card.keep")}</p>
      ${link && html`<${TicketLink} path=${link} />`}
    </section>
    <button class="button primary wide" type="button" onClick=${() => (screen.value = "home")}>
      ${t("card.go_on")}</button>
    <button class="button quiet" type="button" onClick=${signOut}>
      <${Icon} name="log-out" />${t("card.sign_out")}</button>
  </main>`;
}

/** @param {{ path: string }} props */
export function TicketLink({ path }) {
  const [copied, setCopied] = useState(false);
  const url = new URL(path, location.origin).href;
  const share = async () => {
    try {
      if (navigator.share) await navigator.share({ url, title: t("title") });
      else await navigator.clipboard.writeText(url);
      setCopied(true);
    } catch {
      // Cancelled, or the browser has no clipboard: the link stands there to be copied by hand.
    }
  };
  return html`<div class="ticket-link">
    <input class="input small-text" readonly value=${url} aria-label=${t("card.link")}
      onFocus=${(/** @type {FocusEvent} */ event) => /** @type {HTMLInputElement} */ (event.target).select()} />
    <button class="button" type="button" onClick=${share}>
      <${Icon} name=${copied ? "check" : "copy"} />
      <span role="status">${t(copied ? "card.copied" : "card.copy")}</span></button>
  </div>`;
}
