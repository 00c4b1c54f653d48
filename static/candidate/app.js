// The candidate's page: where am I, how long, what do I do now.
//
// Three parts, so that the first screen is there early on a slow line: the entry (this file and
// what it imports; index.html names it all beforehand), the waiting, which comes while the form is
// filled in, and the interview with its camera, which comes with the person.
import { effect, html, render, signal, useEffect, useRef } from "../vendor/ui.js";
import { ConnectionLine, LanguageSwitch, Trouble } from "../shared/components.js";
import { either, loadWords, t } from "../shared/i18n.js";
import { recall } from "../shared/keep.js";
import { Entry, NumberCard, SignIn } from "./entry.js";
import { busy, facts, fault, filling, link, loadPlan, screen, start, who } from "./state.js";

const waiting = signal(/** @type {typeof import("./waiting.js") | null} */ (null));
const reading = signal(/** @type {typeof import("../reading/parts.js") | null} */ (null));
const readingOpen = signal(false);
const studio = signal(/** @type {typeof import("./interview.js") | null} */ (null));

/** How long to wait before a part that did not come is asked for again; ms. */
const AGAIN_MS = 2_000;

/**
 * Load a part of the page, as often as it takes.
 * @template Part
 * @param {import("../vendor/ui.js").Signal<Part | null>} into
 * @param {() => Promise<Part>} load
 */
async function bring(into, load) {
  while (!into.value) {
    try {
      into.value = await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** Large letters and reading aloud: for those who ask for it, now or on an earlier visit. */
function bringReading() {
  return bring(reading, async () => {
    const part = await import("../reading/parts.js");
    await part.ready();
    return part;
  });
}

function ReadingButton() {
  const toggle = () => {
    readingOpen.value = !readingOpen.value;
    void bringReading();
  };
  return html`<button class="button quiet small" type="button" id="reading" aria-expanded=${readingOpen.value}
    onClick=${toggle}>${t("bar.reading")}</button>`;
}

function ReadingPanel() {
  if (!readingOpen.value || !reading.value) return null;
  const close = () => {
    readingOpen.value = false;
    document.getElementById("reading")?.focus();
  };
  return html`<${reading.value.Panel} close=${close} />`;
}

function Bar() {
  return html`<header class="bar">
    <p class="fair"><span class="name">${facts.value ? either(facts.value.name) : t("bar.fair")}</span>
      <b>${t("bar.free")}</b></p>
    <span class="bar-acts"><${ReadingButton} /><${LanguageSwitch} /></span>
  </header>`;
}

/** What a ticket at a desk puts over everything else, or null. */
function turn() {
  const ticket = busy.value;
  const part = waiting.value;
  if (!ticket || !part) return null;
  const { ticket_id: ticketId, state, since, mode } = ticket;
  // Another call is another screen: it rings, and asks anew.
  if (state === "called") return html`<${part.CallScreen} ticket=${ticket} key=${`${ticketId} ${since}`} />`;
  if (mode === "onsite") return html`<${part.ComeScreen} ticket=${ticket} />`;
  if (part.byPhone(ticket)) return html`<${part.PhoneScreen} ticket=${ticket} />`;
  if (!studio.value || !part.isInside(ticketId)) return null;
  return html`<${studio.value.Interview} ticketId=${ticketId} key=${ticketId} />`;
}

function Screen() {
  const shown = useRef(screen.value);
  useEffect(() => {
    // Another screen begins at its heading, for the eye and for the screen reader.
    if (shown.current === screen.value) return;
    shown.current = screen.value;
    const heading = document.querySelector("h1");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  });
  switch (screen.value) {
    case "entry": return html`<${Entry} />`;
    case "sign_in": return html`<${SignIn} />`;
    case "card": return html`<${NumberCard} />`;
    case "add": return html`<${waiting.value?.Booths ?? Boot} />`;
    case "find": return html`<${waiting.value?.Find ?? Boot} />`;
    case "check": return html`<${waiting.value?.DeviceCheck ?? Boot} />`;
    case "my_data": return html`<${waiting.value?.MyData ?? Boot} />`;
    case "home": return html`<${waiting.value?.Lines ?? Boot} />`;
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

function App() {
  return html`${turn() ?? html`<div class="upper"><${Bar} /><${ReadingPanel} />${waiting.value && html`<${waiting.value.DeckBand} />`}</div>
    <${Screen} />`}
    ${link.value && html`<footer class="foot"><${ConnectionLine} link=${link.value} /></footer>`}`;
}

effect(() => {
  if (!filling.value && !who.value) return;
  // It comes again with the person; a network that fails here is no news yet.
  loadPlan().catch(() => {});
  void bring(waiting, () => import("./waiting.js"));
});

effect(() => {
  // Ready before the call: nobody should wait for the camera's code then.
  if (who.value && waiting.value) void bring(studio, () => import("./interview.js"));
});

async function main() {
  // Before anything is drawn: nothing jumps when the letters grow.
  const size = recall("local", "fs_text");
  if (size) document.documentElement.dataset.text = size;
  const started = start();
  if (recall("local", "fs_read")) void bringReading();
  await loadWords(["/static/shared/words", "/static/candidate/words"]);
  document.title = t("title");
  const app = /** @type {HTMLElement} */ (document.getElementById("app"));
  app.replaceChildren();
  render(html`<${App} />`, app);
  await started;
}

void main();
