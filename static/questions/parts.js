// What an employer asks beforehand: a phone loads it only in the line of a booth that asks.
export { AnswersDialog } from "./dialog.js";
export { QuestionsCard } from "./card.js";
