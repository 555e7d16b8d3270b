// What somebody is typing is kept in this browser until it is carried out: through a reload, a crash, an ended session.
// Per person, form and field; never a password; gone after signing out, after two weeks, and when another person signs in.
// A field or form says data-no-draft to stay out. A form keeps the version it was opened with, so that a conflict is still seen.
(() => {
  "use strict";
  const PREFIX = "cx:draft:", TWO_WEEKS = 14 * 24 * 3600 * 1000, SOON = 300;
  const GUARDS = ["version", "was"]; // what the text was typed against
  const BROUGHT = ["csrf_token", "form_key", "back", "next", "was", "version", "held"];
  const words = (name) => document.body.dataset[name] || "";
  let person = "", stopped = false;

  const records = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const write = (key, record) => {
    try { localStorage.setItem(key, JSON.stringify(record)); } catch {
      // No room: the oldest make place; if that is not enough the text is only on the page.
      const oldest = records().filter((k) => k !== key).sort((a, b) => (read(a)?.at || 0) - (read(b)?.at || 0));
      for (const old of oldest.slice(0, 10)) localStorage.removeItem(old);
      try { localStorage.setItem(key, JSON.stringify(record)); } catch { /* it stays on the page */ }
    }
  };

  // A form is known by where it goes, what it is about (its hidden fields), and its id.
  const pathOf = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const keyOf = (form) => {
    const about = [...form.elements].filter((f) => f.type === "hidden" && !BROUGHT.includes(f.name)).map((f) => `${f.name}=${f.value}`);
    return `${PREFIX}${person}:${pathOf(form)} ${form.id} ${about.join("&")}`;
  };
  const own = (form) => form.method === "post" && !form.closest("[data-no-draft]");
  const fields = (form) => [...form.elements].filter((f) => (f.tagName === "TEXTAREA" || (f.tagName === "INPUT" && f.type === "text")) && f.name && !f.hidden && !f.matches("[data-no-draft], [data-find], [readonly]:not([data-resting]), [autocomplete='username']"));
  const placed = (form) => { // name and place among the fields of that name
    const seen = {};
    return fields(form).map((field) => [`${field.name}#${(seen[field.name] = (seen[field.name] ?? -1) + 1)}`, field]);
  };

  // What was chosen beside the text (a decision or an action), where that is not what the page itself chooses.
  const choices = (form) => Object.fromEntries([...form.elements].filter((f) => f.type === "radio" && f.checked && !f.defaultChecked).map((f) => [f.name, f.value]));

  // Keeping.
  const timers = new Map();
  const keep = (form) => {
    timers.delete(form);
    if (stopped || !person || !form.isConnected) return;
    const key = keyOf(form), before = read(key), texts = {}, chosen = choices(form);
    for (const [name, field] of placed(form)) if (field.value !== field.defaultValue && field.value.trim()) texts[name] = field.value;
    if (!Object.keys(texts).length) { if (before) localStorage.removeItem(key); return; }
    if (before && JSON.stringify([before.texts, before.chosen]) === JSON.stringify([texts, chosen])) return;
    const guards = before?.guards || Object.fromEntries(GUARDS.map((name) => [name, form.elements.namedItem(name)?.value]).filter(([, v]) => v !== undefined));
    write(key, { at: Date.now(), path: pathOf(form), texts, chosen, guards });
  };
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !own(form) || !(event.target.type === "radio" || fields(form).includes(event.target))) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => keep(form), SOON));
  });
  const keepNow = () => { for (const [form, timer] of [...timers]) { clearTimeout(timer); keep(form); } };
  window.addEventListener("pagehide", keepNow);
  document.addEventListener("visibilitychange", keepNow);

  // Putting back, with a quiet line.
  const seen = new WeakSet(), back = new Map(); // field -> { text, at }
  const time = (at) => {
    const then = new Date(at), today = then.toDateString() === new Date().toDateString();
    return then.toLocaleString(document.documentElement.lang, today ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  };
  const tell = (field) => {
    if (field.draftLine?.isConnected) return;
    const line = document.createElement("p"), away = document.createElement("button");
    line.className = "draft-line";
    line.setAttribute("role", "status");
    away.type = "button";
    away.className = "link";
    away.textContent = words("draftAway");
    away.addEventListener("click", () => { drop(field); field.focus(); });
    line.append(words("draftBack").replace("{time}", time(back.get(field).at)), " ", away);
    field.after(line);
    field.draftLine = line;
  };
  const forget = (field) => { field.draftLine?.remove(); back.delete(field); };
  const drop = (field) => { // thrown away: as if it had never been typed
    forget(field);
    field.value = field.defaultValue;
    for (const name of GUARDS) { const guard = field.form?.elements.namedItem(name); if (guard) guard.value = guard.defaultValue; }
    if (field.form) keep(field.form);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const putBack = (form) => {
    seen.add(form);
    const record = read(keyOf(form));
    if (!record) return;
    for (const [name, field] of placed(form)) {
      const text = record.texts[name];
      if (text === undefined || field.value !== field.defaultValue || field.value === text) continue;
      for (const [guard, value] of Object.entries(record.guards || {})) { const input = form.elements.namedItem(guard); if (input) input.value = value; }
      field.value = text;
      for (const radio of form.querySelectorAll("input[type=radio]")) {
        if (record.chosen?.[radio.name] !== radio.value || radio.checked) continue;
        radio.checked = true;
        radio.dispatchEvent(new Event("change", { bubbles: true }));
      }
      field.closest("details")?.setAttribute("open", "");
      back.set(field, { text, at: record.at });
      tell(field);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const look = () => {
    if (!person) return;
    for (const form of document.forms) if (!seen.has(form) && own(form)) putBack(form);
    for (const field of [...back.keys()]) if (!field.isConnected) back.delete(field); else if (field.value === back.get(field).text) tell(field);
  };
  document.addEventListener("input", (event) => { if (back.has(event.target) && event.target.value !== back.get(event.target).text) forget(event.target); });

  // Carried out: by this form, or by another with the same text (a conflict that was settled, a question in between).
  const plain = (text) => String(text).replace(/\r\n/g, "\n");
  const carriedOut = (path, sent, form) => {
    if (form && own(form)) { clearTimeout(timers.get(form)); timers.delete(form); localStorage.removeItem(keyOf(form)); for (const field of fields(form)) forget(field); }
    for (const key of records()) {
      const record = read(key);
      if (record?.path === path && Object.entries(record.texts).every(([name, text]) => sent.some(([n, v]) => n === name.replace(/#\d+$/, "") && plain(v) === plain(text)))) localStorage.removeItem(key);
    }
  };
  document.addEventListener("htmx:after:request", (event) => {
    const { request, response } = event.detail.ctx;
    if (!person || request.method !== "POST" || !request.body || !(response?.status < 400)) return;
    const path = new URL(request.action, location.href).pathname;
    carriedOut(path, [...request.body].filter(([, v]) => typeof v === "string"), request.form && pathOf(request.form) === path ? request.form : null);
  });
  // A form that leaves the page: the page after it says which one was carried out.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "post" && pathOf(form) === "/sign-out") { stopped = true; localStorage.clear(); sessionStorage.clear(); return; }
    if (!person || !own(form) || form.hasAttribute("hx-post")) return;
    keepNow();
    const sent = [...new FormData(form)].filter(([name, v]) => typeof v === "string" && !BROUGHT.includes(name));
    try { sessionStorage.setItem("cx:sent", JSON.stringify({ key: form.elements.namedItem("form_key")?.value, path: pathOf(form), sent })); } catch { /* it comes back once more */ }
  });

  // Another tab carried it out or threw it away; or signed out, after which nothing is kept any more.
  window.addEventListener("storage", (event) => {
    if (event.key === null) { stopped = true; return; }
    if (!event.key.startsWith(PREFIX) || event.newValue !== null) return;
    for (const [field, { text }] of [...back]) if (field.form && keyOf(field.form) === event.key && field.value === text) drop(field);
  });

  document.addEventListener("DOMContentLoaded", () => {
    person = document.body.dataset.person || "";
    if (!person) {
      const kept = document.getElementById("drafts-kept");
      if (kept) kept.hidden = !records().length;
      return;
    }
    const done = words("done").split(" ");
    let sent = null;
    try { sent = JSON.parse(sessionStorage.getItem("cx:sent")); } catch { /* nothing was sent */ }
    sessionStorage.removeItem("cx:sent");
    if (sent?.key && done.includes(sent.key)) carriedOut(sent.path, sent.sent, null);
    for (const key of records()) if (!key.startsWith(`${PREFIX}${person}:`) || Date.now() - (read(key)?.at || 0) > TWO_WEEKS) localStorage.removeItem(key);
    look();
  });
  document.addEventListener("htmx:after:swap", look);
})();
