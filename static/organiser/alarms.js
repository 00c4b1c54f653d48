/** What needs the organiser's eye beside the line itself: a quiet list, the newest first. */
import { html } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { clock, t } from "../shared/i18n.js";

/** @typedef {import("./model.js").ControlModel} ControlModel */
/** @typedef {import("./cells.js").AlarmCell} AlarmCell */

/**
 * The list. It stands in the page empty too: what comes into it is then said politely, and once.
 * @param {{ model: ControlModel }} props
 */
export function Alarms({ model }) {
  return html`<section class="alarms" role="log" aria-label=${t("alarms.heading")}>
    ${model.alarms.value.map((alarm) => html`<${AlarmLine} key=${`${alarm.kind}/${alarm.subject}`}
      model=${model} alarm=${alarm} />`)}
  </section>`;
}

/** @param {{ model: ControlModel, alarm: AlarmCell }} props */
function AlarmLine({ model, alarm }) {
  const { kind, subject, count } = alarm;
  const booth = model.booths.get(subject)?.number ?? subject;
  return html`<div class="alarm" data-alarm=${kind}><${Icon} name="triangle-alert" />
    <p><time class="figures">${clock(alarm.at)}</time> ${t(`alarm.${kind}`, { n: count, booth })}</p>
    ${model.mayAct && html`<button class="button small" type="button" data-act="put_alarm_aside"
      disabled=${model.busy.value !== null}
      onClick=${() => model.act("put_alarm_aside", { kind, subject })}>${t("alarm.seen")}</button>`}
  </div>`;
}
