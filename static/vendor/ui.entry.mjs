// The one module of borrowed code that pages load; `build.mjs` bundles it into ui.js.
import { h, render, Fragment } from "preact";
import { useState, useEffect, useRef, useMemo, useCallback } from "preact/hooks";
import { signal, computed, effect, batch, useSignal, useComputed } from "@preact/signals";
import htm from "htm";

const html = htm.bind(h);

export {
  h, html, render, Fragment,
  useState, useEffect, useRef, useMemo, useCallback,
  signal, computed, effect, batch, useSignal, useComputed,
};
