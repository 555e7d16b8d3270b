// What is sent arrives once: a key for each request, the same key when the connection broke, and signing in again in place.
// Everything that changes something by script goes through here by itself; see cxboard/form_keys.py for the other side.
(() => {
  "use strict";
  const TIMEOUT = 20000; // for one attempt
  const PAUSES = [1000, 2000, 4000, 8000, 15000, 30000]; // between attempts; the last one goes on
  const words = (name) => document.body.dataset[name] || "";
  const say = (text) => { const spoken = document.getElementById("spoken"); if (spoken) spoken.textContent = text; };

  // Keys. What was sent and not answered keeps its key; what was answered, or is another text, gets a new one.
  const unanswered = new WeakMap(); // form or element -> { text, key }
  const made = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const textOf = (request) => JSON.stringify([request.action, ...[...request.body].filter(([name]) => name !== "csrf_token" && name !== "form_key").map(([name, v]) => [name, v instanceof File ? [v.name, v.size, v.lastModified] : v])]);
  const keyFor = (source, request) => {
    const text = textOf(request), before = unanswered.get(source);
    if (before?.text === text) return before;
    const own = request.body.get("form_key");
    const now = { text, key: own && !before ? own : made() };
    unanswered.set(source, now);
    return now;
  };
  const answered = (source, sent, response) => {
    if (response.status >= 500) return; // nobody knows what came of it: the same key again
    if (unanswered.get(source) === sent) unanswered.delete(source);
    const field = source.elements?.namedItem("form_key");
    if (field && field.value === sent.key) field.value = response.headers.get("Form-Key") || made();
  };

  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail, { request } = ctx;
    if (request.method === "GET") { ctx.fetch = (url, options) => reading(ctx, url, options); return; }
    if (request.method !== "POST" || !request.body) return;
    const withForm = request.form && request.body.has("form_key");
    const source = withForm ? request.form : ctx.sourceElement;
    const sent = keyFor(source, request);
    if (withForm) request.body.set("form_key", sent.key); else request.headers["Idempotency-Key"] = sent.key;
    ctx.fetch = async (url, options) => {
      clearTimeout(ctx.requestTimeout);
      const response = await arriving(ctx, url, options);
      answered(source, sent, response);
      return response;
    };
  });

  // One attempt; given up after a while. Stopped when somebody stops the whole.
  const attempt = async (url, options) => {
    const one = new AbortController();
    const stop = () => one.abort(options.signal.reason);
    if (options.signal.aborted) stop();
    options.signal.addEventListener("abort", stop);
    const timer = setTimeout(() => one.abort("timeout"), TIMEOUT);
    try { return await fetch(url, { ...options, signal: one.signal }); } finally { clearTimeout(timer); options.signal.removeEventListener("abort", stop); }
  };

  // Until it has arrived: over broken connections, a server that starts again, and an ended session.
  const arriving = async (ctx, url, options) => {
    const note = new Note(ctx);
    let tries = 0, renewed = false;
    try {
      for (;;) {
        let response = null;
        try { response = await attempt(url, options); } catch (error) { if (options.signal.aborted) throw new DOMException("stopped", "AbortError"); }
        if (response && ![502, 503, 504].includes(response.status)) {
          if (response.status === 401 && (await signedIn(response, options))) continue;
          const token = response.headers.get("X-CSRFToken");
          if (response.status === 400 && token && !renewed) { renewed = true; renew(token); carry(token, options); continue; }
          return response;
        }
        if (response && tries >= 3) return response; // it is there and says that it can't: the person decides
        note.show(response ? words("busy") : words("offline"));
        await pause(PAUSES[Math.min(tries++, PAUSES.length - 1)], note.stopped, options.signal);
      }
    } finally { note.remove(); }
  };
  const pause = (time, stopped, signal) => new Promise((resolve, reject) => {
    const done = () => { clearTimeout(timer); window.removeEventListener("online", done); resolve(); };
    const timer = setTimeout(done, time);
    window.addEventListener("online", done);
    const stop = () => { clearTimeout(timer); window.removeEventListener("online", done); reject(new DOMException("stopped", "AbortError")); };
    stopped.then(stop);
    signal.addEventListener("abort", stop);
  });

  // A line where the person is, with a way to stop; what was sent rests meanwhile, so that nothing typed after it gets lost.
  class Note {
    constructor(ctx) { this.ctx = ctx; this.stopped = new Promise((resolve) => { this.stop = resolve; }); }
    show(text) {
      if (this.line) { this.line.firstChild.textContent = text; return; }
      const typing = (f) => f.tagName === "TEXTAREA" || (f.tagName === "INPUT" && /^(text|search|email|url|number|date)$/.test(f.type));
      const asked = this.ctx.request.form, inView = asked?.isConnected && asked.getClientRects().length;
      const form = inView && [...asked.elements].some(typing) ? asked : null; // a tick or a move has no room for a line: a toast
      this.line = document.createElement("p");
      this.line.className = form ? "note waiting" : "toast waiting";
      this.line.setAttribute("role", "status");
      const button = document.createElement("button");
      button.type = "button";
      button.className = form ? "link" : "toast-act";
      button.textContent = words("stopSending");
      button.addEventListener("click", () => this.stop());
      this.line.append(document.createElement("span"), " ", button);
      this.line.firstChild.textContent = text;
      const buttons = form?.querySelector("button:not([type=button])")?.closest(".form-actions, .capture-foot, .writing-foot, .row");
      if (buttons) buttons.after(this.line); else (form || document.getElementById("toasts")).append(this.line);
      this.rested = form ? [...form.elements].filter((f) => typing(f) && !f.readOnly) : [];
      for (const field of this.rested) { field.readOnly = true; field.dataset.resting = ""; }
    }
    remove() {
      this.line?.remove();
      for (const field of this.rested || []) { field.readOnly = false; delete field.dataset.resting; }
    }
  }

  // Reading: an ended session is the only thing to repair; the next reading follows by itself.
  const reading = async (ctx, url, options) => {
    const response = await fetch(url, options);
    if (response.status !== 401) return response;
    if (declined) throw new DOMException("not signed in", "AbortError"); // asked once; what the person does next asks again
    clearTimeout(ctx.requestTimeout);
    return (await signedIn(response, options)) ? fetch(url, options) : response;
  };

  // Signing in again, in place: once for everything that waits for it. True when it may be sent again.
  let door = null, declined = false;
  const signedIn = async (response, options) => {
    if (!response.headers.has("Sign-In") || !document.getElementById("door")) return false;
    door ||= openDoor(await response.text()).finally(() => { door = null; });
    carry(await door, options);
    return true;
  };
  const openDoor = (html) => new Promise((resolve, reject) => {
    const box = document.getElementById("door"), body = document.getElementById("door-body");
    body.innerHTML = html;
    const who = body.querySelector("[name=as]");
    if (who) who.value = document.body.dataset.person || "";
    const email = body.querySelector("[name=email]"), known = document.body.dataset.email;
    if (email && known && !email.value) email.value = known; // who it was is known: only the password is asked
    htmx.process(body);
    const finish = () => { document.removeEventListener("cx:signed-in", back); box.removeEventListener("close", away); body.replaceChildren(); };
    declined = false;
    const back = (event) => { renew(event.detail.token); finish(); box.close(); resolve(event.detail.token); };
    const away = () => { finish(); declined = true; say(words("kept")); reject(new DOMException("not signed in", "AbortError")); };
    document.addEventListener("cx:signed-in", back);
    box.addEventListener("close", away);
    if (!box.open) box.showModal();
    ((email?.value && body.querySelector("[name=password]")) || body.querySelector("[autofocus]") || body.querySelector("input:not([type=hidden])"))?.focus();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-close-door]")) document.getElementById("door").close(); });
  // From now on everything on this page carries the token of now.
  const renew = (token) => {
    document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token }));
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  };
  const carry = (token, options) => {
    options.headers["X-CSRFToken"] = token;
    if (options.body?.has?.("csrf_token")) options.body.set("csrf_token", token);
  };
})();
