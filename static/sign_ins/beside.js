// The dialog about sign-ins comes when it is asked for, not before.
import { bundle, later } from "../shared/later.js";

const signIns = bundle(() => import("./dialog.js"), "/static/sign_ins/words",
  ["/static/sign_ins/sign_ins.css"]);

/**
 * @param {{ fairId: string, sees: "booth" | "fair" | "self", numberOf: (boothId: string) => string, close: () => void }} props
 */
export function BesideSignIns(props) {
  return later(signIns, "SignInsDialog", props);
}
