// Ways to an interview without a camera, and trying camera and network; loaded when needed.
export { DeviceCheck } from "./check.js";
export { AskNumber } from "./phone.js";
export { Ways, WaysCard } from "./ways.js";
