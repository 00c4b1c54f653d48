// Being told of the turn while the page is not in front; loaded when somebody stands in a line.
export { TurnNotice } from "./turn_notice.js";
