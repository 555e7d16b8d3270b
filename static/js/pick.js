// Choosing several issues, on the board and in the list: a checkbox, X, or a click with Shift; a bar at the foot says how many.
(() => {
  "use strict";
  const MOST = 200;
  const picked = new Map(); // number -> version as it was when chosen
  let last = null;
  const bar = () => document.getElementById("picked");
  const things = () => [...document.querySelectorAll("#board [data-card][data-movable], [data-pickable]")];
  const number = (el) => el.dataset.card || el.dataset.pickable;
  const key = (el) => `CX-${number(el)}`;
  const say = (text) => { const p = document.getElementById("spoken"); p.textContent = ""; requestAnimationFrame(() => { p.textContent = text; }); };
  const box = (el) => el.querySelector(":scope > .pick, :scope > label > .pick");

  // A card gets its checkbox when somebody comes near; in the list they stand there already.
  const offer = (el) => {
    if (!el || box(el) || !bar()) return;
    const check = document.createElement("input");
    check.type = "checkbox";
    check.className = "pick";
    check.checked = picked.has(number(el));
    check.setAttribute("aria-label", bar().dataset.choose.replace("{key}", key(el)));
    el.prepend(check);
  };
  const show = () => {
    if (!bar()) return;
    bar().hidden = !picked.size;
    bar().querySelector(".picked-n").textContent = bar().dataset.count.replace("{n}", picked.size);
    for (const el of things()) {
      const on = picked.has(number(el));
      if (on) offer(el);
      el.toggleAttribute("data-picked", on);
      if (box(el)) box(el).checked = on;
    }
  };
  const set = (el, on) => {
    if (on && picked.size >= MOST) { say(bar().dataset.most); show(); return; }
    if (on) picked.set(number(el), el.dataset.version); else picked.delete(number(el));
    last = number(el);
  };
  const upTo = (el) => {
    const all = things(), from = all.findIndex((t) => number(t) === last), to = all.indexOf(el);
    if (from < 0) set(el, true);
    else for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) set(one, true);
  };
  const toggle = (el, range) => {
    if (range) upTo(el); else set(el, !picked.has(number(el)));
    show();
    say(bar().dataset.count.replace("{n}", picked.size));
  };
  const thing = (target) => target.closest?.("#board [data-card][data-movable], [data-pickable]");

  document.addEventListener("mouseover", (event) => { const el = thing(event.target); if (el?.dataset.card) offer(el); });
  document.addEventListener("focusin", (event) => { const el = thing(event.target); if (el?.dataset.card) offer(el); });
  document.addEventListener("click", (event) => {
    if (!bar()) return;
    const el = thing(event.target);
    if (el && event.target.matches(".pick")) { if (event.shiftKey) upTo(el); else set(el, event.target.checked); show(); return; }
    if (el?.dataset.card && event.shiftKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      getSelection()?.removeAllRanges();
      toggle(el, picked.size > 0);
      return;
    }
    if (event.target.closest("[data-unpick]")) { picked.clear(); show(); return; }
    const act = event.target.closest("#picked [data-what]");
    if (act) {
      const ids = [...picked].map(([n, version]) => (version ? `${n}:${version}` : n)).join(",");
      htmx.ajax("GET", `${bar().dataset.form}?${new URLSearchParams({ what: act.dataset.what, ids })}`, { source: "#dialog-body", target: "#dialog-body", swap: "innerHTML" });
    }
  }, true);
  document.addEventListener("keydown", (event) => {
    if (!bar() || event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.singleKeys === "off" || document.querySelector("dialog[open]")) return;
    if (/^(TEXTAREA|SELECT)$/.test(event.target.tagName) || (event.target.tagName === "INPUT" && event.target.type !== "checkbox") || event.target.isContentEditable) return;
    const pressed = event.key.toLowerCase(), el = thing(document.activeElement);
    if (pressed === "x" && el) { event.preventDefault(); toggle(el, event.shiftKey); return; }
    if ((pressed === "j" || pressed === "k") && document.querySelector("[data-pickable]")) {
      event.preventDefault();
      const all = things(), at = all.indexOf(el);
      const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + (pressed === "j" ? 1 : -1)))];
      next?.querySelector("a[href]")?.focus();
    }
  });

  // What is on the page changes under way: marks are put back, what left is no longer chosen, what was carried out is let go.
  const after = () => {
    if (!bar()) return;
    const there = new Set(things().map(number));
    for (const n of [...picked.keys()]) if (!there.has(n)) picked.delete(n);
    show();
  };
  document.addEventListener("htmx:after:swap", after);
  document.addEventListener("cx:settled", after); // static/js/changes.js
  document.addEventListener("cx:done", () => { if (document.getElementById("changes-form")) { picked.clear(); last = null; show(); } }, true);
  document.addEventListener("DOMContentLoaded", () => {
    for (const check of document.querySelectorAll("[data-pickable] .pick:checked")) set(thing(check), true); // as the browser remembers them
    show();
  });

  // The fields of what was chosen in the dialog, and no others.
  const fields = () => {
    const form = document.getElementById("changes-form");
    if (!form) return;
    const what = form.querySelector("[name=what]:checked")?.value;
    for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(what);
  };
  document.addEventListener("change", (event) => { if (event.target.closest("#changes-form")) fields(); });
  document.addEventListener("htmx:after:swap", fields);
  document.addEventListener("DOMContentLoaded", fields);
})();
