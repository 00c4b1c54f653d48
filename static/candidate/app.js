// The candidate's page: where am I, how long, what do I do now.
import { html, render, signal } from "../vendor/ui.js";
import { ConnectionLine, LanguageSwitch, Trouble } from "../shared/components.js";
import { either, loadWords, t } from "../shared/i18n.js";
import { unlockSound } from "../shared/sound.js";
import { Booths } from "./booths.js";
import { CallScreen, ComeScreen } from "./call.js";
import { Entry, NumberCard, SignIn } from "./entry.js";
import { Lines } from "./lines.js";
import { busy, fair, fault, link, screen, start } from "./state.js";

/** The interview's code comes while the person waits: the first page stays small. */
const studio = signal(/** @type {typeof import("./interview.js") | null} */ (null));

function loadStudio() {
  if (studio.value) return;
  import("./interview.js").then((loaded) => (studio.value = loaded), () => {});
}

function Bar() {
  return html`<header class="bar">
    <p class="fair">${fair.value ? either(fair.value.name) : t("bar.fair")} · <b>${t("bar.free")}</b></p>
    <${LanguageSwitch} />
  </header>`;
}

/** What a ticket at a desk puts over everything else. */
function Turn() {
  const ticket = busy.value;
  if (!ticket) return null;
  if (ticket.state === "called") return html`<${CallScreen} ticket=${ticket} key=${ticket.ticket_id} />`;
  if (ticket.mode === "onsite") return html`<${ComeScreen} ticket=${ticket} />`;
  loadStudio();
  const loaded = studio.value;
  if (loaded && loaded.wantsRoom(ticket.ticket_id)) {
    return html`<${loaded.Interview} ticketId=${ticket.ticket_id} key=${ticket.ticket_id} />`;
  }
  return null;
}

function Screen() {
  switch (screen.value) {
    case "entry": return html`<${Entry} />`;
    case "sign_in": return html`<${SignIn} />`;
    case "card": return html`<${NumberCard} />`;
    case "add": return html`<${Booths} />`;
    case "check": return html`<${Check} />`;
    case "home": return html`<${Lines} />`;
    default: return html`<${Boot} />`;
  }
}

function Boot() {
  return html`<main class="page">
    <h1>${t("entry.title")}</h1>
    <p class="lead">${t("entry.lead")}</p>
    ${fault.value && html`<${Trouble} error=${fault.value} />
      <button class="button primary" type="button" onClick=${start}>${t("boot.again")}</button>`}
  </main>`;
}

function Check() {
  loadStudio();
  const loaded = studio.value;
  return loaded ? html`<${loaded.DeviceCheck} />` : html`<main class="page"><p>${t("boot.loading")}</p></main>`;
}

function App() {
  const turn = Turn();
  if (turn) return turn;
  return html`<${Bar} /><${Screen} />
    ${link.value && html`<footer class="foot"><${ConnectionLine} link=${link.value} /></footer>`}`;
}

async function main() {
  document.addEventListener("pointerdown", unlockSound);
  document.addEventListener("keydown", unlockSound);
  await loadWords(["/static/shared/words", "/static/candidate/words"]);
  document.title = t("title");
  const app = /** @type {HTMLElement} */ (document.getElementById("app"));
  app.replaceChildren();
  render(html`<${App} />`, app);
  await start();
  // Ready before the call: the camera's code is not worth waiting for then.
  if ("requestIdleCallback" in window) requestIdleCallback(loadStudio, { timeout: 8_000 });
  else setTimeout(loadStudio, 3_000);
}

void main();
