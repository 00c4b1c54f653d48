// What a page needs of a third person, loaded when somebody is asked in.
export { CandidateGuest } from "./candidate.js";
export { DeskGuest, InviteChoice } from "./desk.js";
