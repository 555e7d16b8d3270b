// Building a tree of whys with the keyboard: a new line stands where it is needed at once and is saved when it is left.
// Lines are saved one after another, so that an answer is there before what is under it. What was typed and not saved yet
// stands on the page and, as every text, in drafts.js; it comes back as a line in its place. What others add comes in
// between (live.js) and leaves the lines that somebody is in alone.
(() => {
  "use strict";
  const BLANK = "newnewnew";
  const tree = () => document.getElementById("whys");
  const template = document.getElementById("whys-line");
  if (!tree() || !template) return;
  const issue = tree().dataset.issue, path = `/issues/${issue}/whys`;
  const url = (ref, verb = "") => `${path}/${ref}${verb && `/${verb}`}`;
  const rowOf = (element) => element?.closest?.(".whys-node");
  const refOf = (row) => row ? row.id.slice(4) : "";
  const row = (ref) => document.getElementById(`why-${ref}`);
  const field = (of) => of?.querySelector(":scope > .whys-line .whys-text");
  const list = (ref) => document.getElementById(`under-${ref || "top"}`);
  const above = (of) => rowOf(of.parentElement);
  const isNew = (of) => of.hasAttribute("data-new");
  const depth = (of) => { let n = 0; for (let at = of; at; at = above(at)) n++; return n; };
  const made = () => [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const enter = (of, end = true) => { const text = field(of); if (!text) return; text.focus(); const at = end ? text.value.length : 0; text.setSelectionRange(at, at); };
  const grow = (text) => { text.rows = 1; while (text.scrollHeight > text.clientHeight + 4 && text.rows < 8) text.rows += 1; };

  // A new line under `parent` (a ref, or nothing for the first why), behind the line `after` or at the end.
  const blank = (parent, after, ref = made()) => {
    const fresh = template.content.firstElementChild.cloneNode(true);
    for (const element of [fresh, ...fresh.querySelectorAll("*")]) for (const { name, value } of [...element.attributes]) if (value.includes(BLANK)) element.setAttribute(name, value.replace(BLANK, ref));
    fresh.querySelector("[name=form_key]")?.remove(); // each line has one of its own, see sending.js
    fresh.querySelector("[name=parent]").value = parent || "";
    fresh.querySelector("[name=after]").value = refOf(after);
    const text = field(fresh), asked = parent && field(row(parent));
    if (asked) text.setAttribute("aria-label", text.dataset.asks.replace("{text}", asked.value));
    if (after) after.after(fresh); else list(parent).append(fresh);
    htmx.process(fresh);
    return fresh;
  };
  const write = (parent, after) => { const fresh = blank(parent, after); enter(fresh); return fresh; };
  const drop = (of) => { const from = of.contains(document.activeElement); of.remove(); return from; };

  // Saving, one after another.
  let queue = Promise.resolve();
  const sent = new WeakMap();
  const send = (form) => new Promise((done) => {
    const text = form.elements.namedItem("text");
    if (!form.isConnected || !text.value.trim()) { done(); return; }
    let asked = false;
    form.addEventListener("htmx:before:request", () => { asked = true; }, { once: true });
    form.addEventListener("htmx:finally:request", () => done(), { once: true });
    sent.set(form, text.value);
    form.requestSubmit();
    setTimeout(() => { if (!asked) done(); }, 300);
  });
  const save = (of) => {
    const form = of?.querySelector(":scope > .whys-line .whys-say"), text = field(of);
    if (!form || !text.value.trim()) return queue;
    if (!isNew(of) && text.value === text.defaultValue) return queue;
    if (sent.get(form) === text.value) return queue;
    sent.set(form, text.value);
    queue = queue.then(() => send(form)).catch(() => {});
    return queue;
  };
  const leave = (of) => { // an empty line that was never saved goes; emptied words come back
    const text = field(of);
    if (!text || text.value.trim()) return save(of);
    if (!isNew(of)) { text.value = text.defaultValue; grow(text); } else if (!of.querySelector(".whys-node")) drop(of);
    return queue;
  };
  document.addEventListener("focusout", (event) => {
    const of = event.target.matches?.(".whys-text") && rowOf(event.target);
    if (of) setTimeout(() => { if (of.isConnected && document.hasFocus() && !of.querySelector(":scope > .whys-line")?.contains(document.activeElement)) leave(of); }, 0);
  });

  // Answers: the line becomes a saved one, whatever else somebody has typed in it meanwhile.
  const skipped = [];
  document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
    const now = tree(), form = ctx.request?.form?.matches?.(".whys-say") ? ctx.request.form : null;
    if (!now) return;
    const mine = form && rowOf(form), good = ctx.response ? ctx.response.status < 400 : true;
    let later = null;
    if (form && good && mine) {
      const text = field(mine);
      later = text.value !== sent.get(form) ? text.value : null;
      if (isNew(mine)) { mine.removeAttribute("data-new"); mine.classList.remove("whys-blank"); }
      mine.whysLater = later;
    } else if (form) sent.delete(form);
    for (const other of now.querySelectorAll(".whys-say")) {
      const text = other.elements.namedItem("text");
      if (other !== form && (text === document.activeElement || text.value !== text.defaultValue) && !other.hasAttribute("hx-morph-skip")) skip(other);
    }
    for (const task of tasks || []) {
      const fresh = task.fragment?.querySelector?.("#whys") || (task.fragment?.id === "whys" ? task.fragment : null);
      if (fresh) { rescue(now, fresh); keep(now, fresh); }
    }
  });
  // An answer that somebody else removed while it was being changed here: what was typed becomes a line of its own.
  const rescue = (now, fresh) => {
    const there = (of) => fresh.querySelector(`#${CSS.escape(of.id)}`);
    for (const text of now.querySelectorAll(".whys-text")) {
      const of = rowOf(text);
      if (of.whysGone || isNew(of) || there(of) || text.value === text.defaultValue || !text.value.trim()) continue;
      let gone = of;
      while (above(gone) && !there(above(gone))) gone = above(gone);
      let before = gone.previousElementSibling;
      while (before && !there(before)) before = before.previousElementSibling;
      const line = blank(refOf(above(gone)), before);
      if (!before) line.parentElement.prepend(line);
      field(line).value = text.value;
      if (text === document.activeElement) enter(line);
      document.getElementById("spoken").textContent = now.dataset.gone;
    }
  };
  const skip = (element) => { element.setAttribute("hx-morph-skip", ""); skipped.push(element); };
  // What is new here and nowhere else stands in what comes from the server too, so that morphing leaves it where it is.
  const keep = (now, fresh) => {
    const find = (id) => fresh.querySelector(`#${CSS.escape(id)}`);
    for (const of of now.querySelectorAll("[data-new]")) {
      if (find(of.id) || of.parentElement.closest("[data-new]")) continue;
      const before = of.previousElementSibling && find(of.previousElementSibling.id), copy = of.cloneNode(true);
      if (before) before.after(copy); else (find(of.parentElement.id) || find("under-top")).prepend(copy);
      skip(of);
    }
  };
  let held = null;
  document.addEventListener("htmx:before:swap", () => { const at = document.activeElement; held = at?.matches?.(".whys-text") ? [at.id, at.selectionStart, at.selectionEnd] : null; });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    for (const element of skipped.splice(0)) element.removeAttribute("hx-morph-skip");
    if (held && document.activeElement === document.body) {
      const text = document.getElementById(held[0]);
      if (text) { text.focus({ preventScroll: true }); text.setSelectionRange(held[1], held[2]); }
    }
    const form = ctx.request?.form?.matches?.(".whys-say") ? ctx.request.form : null, of = form && rowOf(form);
    if (of && of.whysLater != null) { const text = field(of); text.value = of.whysLater; of.whysLater = null; sent.delete(form); save(of); }
    first();
  });

  // Keys.
  const rows = () => [...tree().querySelectorAll(".whys-node")];
  const step = (of, by) => { const all = rows(), to = all[all.indexOf(of) + by]; if (to) { enter(to, by < 0); return true; } return false; };
  const back = (of) => { const before = rows()[rows().indexOf(of) - 1]; drop(of); if (before) enter(before); else document.getElementById("whys-first")?.focus(); };
  const open = async (of, what) => { await save(of); of.querySelector(`:scope > .whys-line ${what}`)?.click(); };
  const remove = (of) => {
    of.whysGone = true; // by this very screen
    const under = of.querySelector(".whys-node"), to = under ? null : rows()[rows().indexOf(of) - 1] || rows()[1];
    if (under) htmx.ajax("GET", url(refOf(of), "removal"), { target: "#dialog-body", swap: "innerHTML" });
    else { htmx.ajax("POST", url(refOf(of), "removal"), { source: of, swap: "none" }); if (to) enter(to); else document.getElementById("whys-first")?.focus(); }
  };
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.(".whys-text") || event.isComposing) return;
    const of = rowOf(event.target), text = event.target, empty = !text.value.trim(), parent = above(of);
    const done = () => { event.preventDefault(); event.stopImmediatePropagation(); };
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Enter") {
      done();
      if (empty) return;
      if (command) { open(of, "[data-why-end]"); return; }
      if (event.shiftKey) { open(of, "[data-why-one]"); return; }
      save(of);
      write(refOf(parent), of);
    } else if (event.key === "Tab" && event.shiftKey) {
      if (isNew(of) && empty) { if (parent) { done(); drop(of); write(refOf(above(parent)), parent); } return; }
      if (!parent) return;
      done();
      enter(parent);
    } else if (event.key === "Tab" && !command && !event.altKey) {
      if (empty || of.classList.contains("ended") || depth(of) >= Number(tree().dataset.deepest)) return;
      done();
      save(of);
      write(refOf(of), null);
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      done();
      if (!isNew(of)) htmx.ajax("POST", url(refOf(of), "place"), { source: of, swap: "none", values: { way: event.key === "ArrowUp" ? "up" : "down" } });
    } else if (event.key === "ArrowUp" && (text.rows < 2 || text.selectionEnd === 0)) { if (step(of, -1)) done(); }
    else if (event.key === "ArrowDown" && (text.rows < 2 || text.selectionStart === text.value.length)) { if (step(of, 1)) done(); }
    else if (event.key === "Backspace" && !text.value) { done(); if (isNew(of)) back(of); else remove(of); }
    else if (event.key === "Escape") { if (isNew(of) && empty) { done(); back(of); } else if (!isNew(of) && text.value !== text.defaultValue) { done(); text.value = text.defaultValue; grow(text); } }
  }, true);
  document.addEventListener("input", (event) => { if (event.target.matches(".whys-text")) grow(event.target); });

  // Buttons, for a finger or a mouse.
  document.addEventListener("click", (event) => {
    const deeper = event.target.closest("[data-why-under]"), end = event.target.closest("[data-why-done]");
    if (end) { save(rowOf(end)); return; }
    if (!deeper || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const of = rowOf(deeper);
    if (of) save(of);
    write(deeper.dataset.whyUnder, null);
  }, true);

  // At first: what was typed before and never saved; and where nothing is, a line to begin with.
  const first = () => { for (const text of tree().querySelectorAll(".whys-text")) grow(text); };
  const restore = () => {
    const start = `cx:draft:${document.body.dataset.person}:${path} say-`, found = [];
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(start)) continue;
      try { found.push([key, JSON.parse(localStorage.getItem(key))]); } catch { localStorage.removeItem(key); }
    }
    for (const [key, record] of found.sort((a, b) => a[1].at - b[1].at)) {
      const [ref] = key.slice(start.length).split(" "), about = new URLSearchParams(key.slice(start.length + ref.length + 1)), words = record.texts?.["text#0"];
      localStorage.removeItem(key);
      if (!words || row(ref)) continue; // it was saved, only the answer got lost
      const parent = row(about.get("parent")) ? about.get("parent") : "", text = field(blank(parent, null, ref));
      text.value = words;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const begin = () => { restore(); first(); if (!rows().length) write("", null); };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
