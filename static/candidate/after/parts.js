// What a phone loads after an interview, or when somebody asks for the own data.
export { AfterTurn } from "./turn.js";
export { MyDataPage } from "./my_data.js";
export { TodayBand } from "./today.js";
