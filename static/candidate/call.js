// Being called: the whole screen, one button, a ring that empties.
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { Countdown, Icon, Trouble } from "../shared/components.js";
import { either, t } from "../shared/i18n.js";
import { flashTitle, keepAwake, ring } from "../shared/sound.js";
import { OwnPicture } from "../shared/picture.js";
import { askForMedia, openWhereAllowed, ownMedia } from "./own_media.js";
import { HandOverOffer } from "./hand_over.js";
import { AskNumber, NoCamera } from "./later.js";
import { NotNowButton } from "./not_now.js";
import { booth, employerName, place } from "./plan.js";
import { me, send, serverNow } from "./state.js";
import { answer, backIn, unanswer } from "./turn.js";

/** @typedef {import("./state.js").Ticket} Ticket */

/** @param {{ ticket: Ticket }} props */
export function CallScreen({ ticket }) {
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  const where = place(ticket.booth_id, ticket.desk_id);
  const onsite = ticket.mode === "onsite";
  const phone = !onsite && me.value?.way === "phone";
  const sentence = t(onsite ? "call.onsite" : phone ? "call.phone" : "call.online", { place: where });
  useEffect(() => {
    const stops = [ring(), flashTitle(sentence), keepAwake()];
    title.current?.focus();
    if (!onsite && !phone) void openWhereAllowed();
    return () => stops.forEach((stop) => stop());
  }, []);
  const mirror = !onsite && ownMedia.value?.video ? ownMedia.value.stream : null;
  return html`<main class="called">
    <div role="alert"><h1 ref=${title} tabindex="-1">${sentence}</h1></div>
    <p class="who">${employerName(ticket.booth_id)}</p>
    <p class="job">${jobsOf(ticket.booth_id)}</p>
    <${Countdown} deadline=${ticket.deadline ?? serverNow()} total=${(ticket.deadline ?? 0) - ticket.since}
      now=${serverNow} label=${t("call.left")} />
    <${Answer} ticket=${ticket} />
    ${mirror && html`<${OwnPicture} stream=${mirror} label=${t("interview.self")} />`}
    ${!onsite && html`<${NoCamera} wanted=${true} />`}
  </main>`;
}

/** @param {string} boothId */
function jobsOf(boothId) {
  return (booth(boothId)?.vacancies || []).slice(0, 2).map((job) => either(job.title)).join(" · ");
}

/** @param {{ ticket: Ticket }} props */
function Answer({ ticket }) {
  const [error, setError] = useState(null);
  const [asked, setAsked] = useState(false);
  const { ticket_id, mode, extended, since } = ticket;
  const phone = me.value?.way === "phone";
  const accept = () => {
    setAsked(true);
    backIn(ticket_id);
    // The camera is asked for in this very tap, while the answer travels.
    if (mode !== "onsite" && !phone) askForMedia();
    send("accept", { ticket_id, since }).catch((refusal) => {
      unanswer(ticket);
      setError(refusal);
      setAsked(false);
    });
    answer(ticket);
  };
  const moreTime = () => send("more_time", { ticket_id }).catch(setError);
  return html`<div class="answer">
    <button class="button primary accept" type="button" disabled=${asked} onClick=${accept}>
      ${t(mode === "onsite" ? "call.coming" : phone ? "call.phone_accept" : "call.accept")}</button>
    ${extended ? html`<p>${t("call.extended")}</p>`
      : html`<button class="button more" type="button" disabled=${asked} onClick=${moreTime}>
        ${t("call.more_time")}</button>`}
    <${NotNowButton} ticket=${ticket} look="more" />
    <${Trouble} error=${error} />
  </div>`;
}

/**
 * The recruiter talks by telephone, or is about to; who has not said so is asked for the number.
 * @param {{ ticket: Ticket }} props
 */
export function PhoneScreen({ ticket }) {
  const [error, setError] = useState(null);
  const asked = me.value?.way === "phone";
  const soon = ticket.interview_mode !== "phone";
  const here = () => {
    // Asked for in this very tap, as at the call.
    void askForMedia();
    send("choose_way", { way: "video" }).catch(setError);
  };
  return html`<main class="page come">
    <${Icon} name="phone" />
    <h1>${t(soon ? "phone.soon_title" : "phone.title")}</h1>
    <p class="lead">${employerName(ticket.booth_id)}</p>
    <p class="number figures">${me.value?.number}</p>
    <p class="quiet-text">${t("phone.what")}</p>
    ${!asked && html`<section class="card ask-number"><h2>${t("phone.agree_title")}</h2><${AskNumber} /></section>`}
    ${soon && html`<button class="button quiet" type="button" onClick=${here}>
      <${Icon} name="video" />${t("phone.here")}</button>`}
    <${Trouble} error=${error} />
    <${HandOverOffer} ticket=${ticket} />
  </main>`;
}

/** Accepted in the hall: where to go. @param {{ ticket: Ticket }} props */
export function ComeScreen({ ticket }) {
  const started = ticket.state === "interviewing";
  return html`<main class="page come">
    <${Icon} name=${started ? "users" : "map-pin"} />
    <h1>${t(started ? "come.started" : "come.title", { place: place(ticket.booth_id, ticket.desk_id) })}</h1>
    <p class="lead">${employerName(ticket.booth_id)}</p>
    <p class="number figures">${me.value?.number}</p>
    <p class="quiet-text">${t(started ? "come.kept" : "come.what")}</p>
    <${HandOverOffer} ticket=${ticket} />
  </main>`;
}
