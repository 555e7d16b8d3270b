// What others change, seen here: one stream for this page, its events on the body, and the page brought up to date.
//
// A template says what its page is about, and #main is fetched again and morphed when one of these changes:
//   {% block live %}issue-{{ issue.id }}{% endblock %}         (board, problems, actions, reviews are the groups)
// A part of any page that wants to know by itself, such as the bell:
//   <span hx-get="…" hx-trigger="live:person-5 from:body delay:300ms" hx-swap="outerMorph">
// A script that knows better than fetching #main:
//   document.addEventListener("live:board", (event) => { event.preventDefault(); … event.detail.numbers … });
// event.detail: numbers (of the issues, for a group), all (everything may be new), own (this page did it and shows it already).
// Nobody's typing, focus, scroll or open menu is lost, and nothing is fetched while this page itself is sending something.
(() => {
  "use strict";
  const HIDDEN = 5000; // a hidden tab keeps its stream so long; then it catches up when it is seen again
  const SILENT = 12000; // the server says something every five seconds
  const POLL = 4000;
  const FULL = 60000; // how long to poll before asking for a stream again
  const body = document.body;
  const person = body.dataset.person, page = document.getElementById("lost");
  if (!person || !page) return;
  const ofPage = new Set((page.dataset.live || "").split(/\s+/).filter(Boolean));
  const topics = () => {
    const found = new Set([`person-${person}`, ...ofPage]);
    for (const part of document.querySelectorAll("[hx-trigger*='live:']")) for (const [, topic] of part.getAttribute("hx-trigger").matchAll(/live:([a-z]+(?:-\d+)?)/g)) found.add(topic);
    return [...found].sort().slice(0, 20);
  };
  const sleep = (time, signal) => new Promise((resolve) => {
    const done = () => { clearTimeout(timer); signal.removeEventListener("abort", done); window.removeEventListener("online", done); resolve(); };
    const timer = setTimeout(done, time);
    signal.addEventListener("abort", done);
    window.addEventListener("online", done);
  });

  // What this page sends itself. Meanwhile nothing is told; what it changed itself it shows already.
  let sending = 0, asking = 0;
  const own = new Set(), counted = new WeakSet();
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (counted.has(ctx)) return;
    counted.add(ctx);
    if (ctx.request.method === "GET") asking++; else sending++;
  });
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => { for (const id of (ctx.response?.headers.get("Live-Changes") || "").split(",")) if (id) own.add(Number(id)); });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (!counted.has(ctx)) return;
    counted.delete(ctx);
    if (ctx.request.method === "GET") asking--; else sending--;
    tell();
  });

  // From the wire to the page.
  let version = Number(page.dataset.version) || 0, spread = 0, waiting = [];
  const take = (block) => {
    const line = {};
    for (const [, name, value] of block.matchAll(/^(\w+): ?(.*)$/gm)) line[name] = value;
    if (!line.event) return;
    if (line.id) version = Math.max(version, Number(line.id));
    if (line.event === "hello") {
      const [, wide, ...granted] = line.data.split(" ");
      spread = Number(wide);
      lost(false);
      for (const topic of ofPage) if (!granted.includes(topic)) waiting.push({ topic, all: true });
    } else if (line.event === "spread") spread = Number(line.data);
    else if (line.event === "resync") for (const topic of topics()) waiting.push({ topic, all: true });
    else if (line.event === "gone") waiting.push({ topic: line.data, all: true });
    else if (line.event === "change") {
      const [topic, number] = line.data.split(" ");
      waiting.push({ topic, number: Number(number), all: !number, id: Number(line.id) });
    }
  };
  const tell = () => {
    if (sending || !waiting.length) return;
    const heard = new Map();
    for (const { topic, number, all, id } of waiting.splice(0)) {
      const news = heard.get(topic) || { topic, numbers: [], all: false, own: true };
      const whole = all && !topic.includes("-"); // all of a group: more than the answer to one's own request shows
      news.own &&= own.has(id) && !whole;
      news.all ||= whole;
      if (number && !own.has(id)) news.numbers.push(number);
      heard.set(topic, news);
    }
    for (const [topic, detail] of heard) {
      const untold = body.dispatchEvent(new CustomEvent(`live:${topic}`, { bubbles: true, cancelable: true, detail }));
      if (untold && !detail.own && ofPage.has(topic)) refresh();
    }
  };

  // Work that many browsers do: not more often than each second, less often when many listen or when it took long twice in a row
  // (once is a hiccup, after which they must not all fall silent and come back together), and not all at once: what is small may come
  // sooner than the server asks, what is big later (`after` and `spread`, times what it asks).
  const paced = (work, { least = 1000, after = 0, spread: share = 1 } = {}) => {
    let timer = 0, ended = -Infinity, took = 0, before = 0, working = false, again = false;
    const go = async () => {
      timer = 0;
      working = true;
      const began = performance.now();
      try { await work(); } catch { /* the next change, or the next time it is seen, tries again */ } finally {
        ended = performance.now();
        [before, took] = [took, ended - began];
        working = false;
        if (again) { again = false; ask(); }
      }
    };
    const ask = () => {
      if (working) { again = true; return; }
      if (timer) return;
      const rest = Math.min(10000, Math.max(least, 600 + spread, 3 * Math.min(took, before))) * (0.9 + 0.2 * Math.random());
      const pause = ended + rest - performance.now();
      timer = setTimeout(go, pause > 0 ? pause : (after + Math.random() * share) * spread);
    };
    return ask;
  };

  // #main again, and what differs is morphed. What somebody is in, has typed in or has opened stays as it is.
  const dirty = (field) => field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
    : field.tagName === "SELECT" ? (field.multiple || [...field.options].some((o) => o.defaultSelected) ? [...field.options].some((o) => o.selected !== o.defaultSelected) : field.selectedIndex > 0)
    : field.type === "file" ? field.files.length > 0
    : field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
  // What was refused came back with the answer, and is still unsent.
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx?.response?.status !== 422) return;
    for (const form of document.querySelectorAll("form:has([aria-invalid='true'])")) for (const field of form.querySelectorAll("textarea, input:is(:not([type]), [type=text])")) {
      const typed = field.value;
      field.defaultValue = "";
      field.value = typed;
    }
  });
  const held = (main, fresh) => {
    const keep = new Set();
    for (const form of main.querySelectorAll("form")) {
      const here = form.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
      if (!here && !form.hasAttribute("data-fact") && ![...form.elements].some(dirty)) continue;
      let inside = form;
      if (!form.id || !fresh.querySelector(`#${CSS.escape(form.id)}`)) {
        // A form that was opened in place stands where the page itself has something else: that place is kept as a whole.
        const place = form.parentElement.closest("[id]");
        const there = place && place !== main && fresh.querySelector(`#${CSS.escape(place.id)}`);
        if (there && ![...there.querySelectorAll("form")].some((f) => f.getAttribute("action") === form.getAttribute("action"))) inside = place;
      }
      keep.add(inside);
    }
    for (const opened of main.querySelectorAll("tr.opened:not([hidden])")) keep.add(opened);
    return keep;
  };
  const fetchMain = async () => {
    while (sending || asking) await new Promise((resolve) => setTimeout(resolve, 50));
    const main = document.getElementById("main");
    const answer = await fetch(location.pathname + location.search, { headers: { "HX-Request": "true", "HX-Target": `${main.tagName.toLowerCase()}#main`, "HX-Current-URL": location.href }, redirect: "manual", cache: "no-store" });
    const reload = () => { if (![...document.querySelectorAll("input, textarea, select")].some(dirty)) location.reload(); };
    if (answer.type === "opaqueredirect" || answer.status === 404) reload(); // merged, restricted, or signed out
    if (!answer.ok) return;
    const text = await answer.text();
    if (sending || main !== document.getElementById("main")) { refresh(); return; }
    const whole = new DOMParser().parseFromString(text, "text/html"), fresh = whole.getElementById("main");
    const scripts = (of) => [...of.querySelectorAll("script[src]")].map((s) => s.getAttribute("src")).sort().join();
    if (!fresh || scripts(whole) !== scripts(document)) { reload(); return; } // another kind of page (the review has begun), or another version
    const focused = document.activeElement?.id, keep = held(main, fresh), ignored = htmx.config.morphIgnore;
    for (const element of keep) element.setAttribute("hx-morph-skip", "");
    htmx.config.morphIgnore = [...ignored, "open"];
    try {
      await htmx.swap({ sourceElement: main, target: main, select: "#main", swap: "outerMorph", text });
    } finally {
      htmx.config.morphIgnore = ignored;
      for (const element of keep) element.removeAttribute("hx-morph-skip");
    }
    if (focused && document.activeElement === body) document.getElementById(focused)?.focus({ preventScroll: true });
  };
  const refresh = paced(fetchMain);

  // The line to the server.
  const lost = (is) => {
    if (page.hidden === !is) return;
    page.hidden = !is;
    document.body.toggleAttribute("data-unconnected", is);
    document.getElementById("spoken").textContent = is ? page.textContent.trim() : "";
  };
  const query = (asked) => `?${asked.map((t) => `topic=${t}`).join("&")}&since=${version}`;
  const refused = (answer) => (answer.type === "opaqueredirect" || answer.status === 401 ? "out" : answer.status === 404 ? "none" : answer.ok ? null : "lost");
  const stream = async (asked, stop) => {
    const one = new AbortController(), end = () => one.abort();
    stop.addEventListener("abort", end);
    let timer = setTimeout(end, SILENT), said = false;
    try {
      const answer = await fetch(`/live${query(asked)}`, { signal: one.signal, redirect: "manual", cache: "no-store", headers: { Accept: "text/event-stream" } });
      if (answer.status === 204) return "full";
      const no = refused(answer);
      if (no) return no;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ""; ;) {
        const { done, value } = await reader.read();
        if (done) return said ? "ended" : "silent";
        clearTimeout(timer);
        timer = setTimeout(end, SILENT);
        said = true;
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        blocks.forEach(take);
        tell();
      }
    } catch { return said || stop.aborted ? "ended" : "lost"; } finally { clearTimeout(timer); stop.removeEventListener("abort", end); one.abort(); }
  };
  const poll = async (asked, stop) => {
    try {
      const answer = await fetch(`/live/changes${query(asked)}`, { signal: stop, redirect: "manual", cache: "no-store" });
      const no = refused(answer);
      if (no) return no;
      lost(false);
      for (const block of (await answer.text()).split("\n\n")) take(block);
      tell();
      return "polled";
    } catch { return "lost"; }
  };
  let line = null;
  const follow = async () => {
    const stop = new AbortController();
    line = stop;
    let failed = 0, silent = 0, streamAgain = 0;
    while (!stop.signal.aborted) {
      const asked = topics();
      const polling = silent > 1 || performance.now() < streamAgain;
      const watch = setInterval(() => { if (topics().join() !== asked.join()) { stop.abort(); setTimeout(follow); } }, 2000);
      const how = await (polling ? poll(asked, stop.signal) : stream(asked, stop.signal));
      clearInterval(watch);
      if (stop.signal.aborted) return;
      if (how === "out" || how === "none") { body.dispatchEvent(new CustomEvent("live:signed-out", { bubbles: true })); break; }
      if (how === "full") streamAgain = performance.now() + FULL;
      if (how === "silent") silent++;
      failed = how === "lost" ? failed + 1 : 0;
      if (failed > 1 || navigator.onLine === false) lost(true);
      const wait = failed ? Math.min(15000, 400 * 2 ** failed) : how === "polled" || how === "full" ? POLL : 200 + spread;
      await sleep(wait * (0.7 + 0.6 * Math.random()), stop.signal);
    }
    if (line === stop) line = null;
  };
  const leave = () => { line?.abort(); line = null; };
  const come = () => { if (!line && document.visibilityState === "visible") follow(); };
  let away = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(away);
    if (document.visibilityState === "hidden") away = setTimeout(leave, HIDDEN); else come();
  });
  window.addEventListener("offline", () => lost(true));
  // Back: the old line may have lived on unseen, while what it told could not be fetched. A new one, and everything may be new.
  window.addEventListener("online", () => {
    if (page.hidden) return;
    for (const topic of topics()) waiting.push({ topic, all: true });
    leave();
    come();
    tell();
  });
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", come);
  window.live = { paced, fetchMain };
  come();
})();
