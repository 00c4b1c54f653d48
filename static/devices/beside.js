// The dialog about a booth's machines comes when it is asked for, not before.
import { bundle, later } from "../shared/later.js";

const devices = bundle(() => import("./devices.js"), "/static/devices/words",
  ["/static/devices/devices.css"]);

/** @param {{ fairId: string, booth: { booth_id: string, number: string }, close: () => void }} props */
export function BesideDevices(props) {
  return later(devices, "DevicesDialog", props);
}
