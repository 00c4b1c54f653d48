// The part of the page that comes after the entry form is on the screen: lines, booths, calls.
import { unlockSound } from "../shared/sound.js";

export { Booths } from "./booths.js";
export { CallScreen, ComeScreen, PhoneScreen } from "./call.js";
export { Lines } from "./lines.js";
export { DeckBand } from "./on_deck.js";
export { DeviceCheck, Find, MyData } from "./later.js";
export { byPhone } from "./own_room.js";
export { isInside } from "./turn.js";

// Every tap is a chance to be allowed to ring later.
document.addEventListener("pointerdown", unlockSound);
document.addEventListener("keydown", unlockSound);
