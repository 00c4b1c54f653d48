// What helps a person choose and understand; a phone loads it only when it is asked for.
export { FindPage } from "./find.js";
export { IdleOffer } from "./offer.js";
export { WhyDialog } from "./why_dialog.js";
