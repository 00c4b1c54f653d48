// Types of ui.js; they come from the packages that it is built from (`npm ci` here).
import type { VNode } from "preact";

export { h, render, Fragment } from "preact";
export type { VNode, ComponentChildren, JSX } from "preact";
export { useState, useEffect, useRef, useMemo, useCallback } from "preact/hooks";
export { signal, computed, effect, batch, useSignal, useComputed } from "@preact/signals";
export type { Signal, ReadonlySignal } from "@preact/signals";

/** Preact elements from a template: html`<p class="note">${text}</p>`. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): VNode;
