// The live review: a clock that counts down, a screen that follows the one who turns the page, and nothing typed that is lost.
(() => {
  "use strict";
  const stage = () => document.querySelector("[data-review]");
  const say = (text) => { const spoken = document.getElementById("spoken"); if (spoken) spoken.textContent = text; };

  // What somebody opened on the stage stays open when the page is brought up to date.
  htmx.config.morphIgnore.push("open");

  // The clock. The server says when the step ends; the browser counts along, whatever its own clock says.
  let skew = 0, seenNow = "", spoken = new Set(), box = "";
  const written = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const tick = () => {
    const timer = document.getElementById("timer");
    if (!timer) return;
    const { ends, now, overWords } = timer.dataset;
    if (now !== seenNow) { skew = Date.now() / 1000 - Number(now); seenNow = now; }
    if (box !== timer.dataset.step) { box = timer.dataset.step; spoken = new Set(); }
    const length = Number(timer.dataset.box);
    const left = Math.round(Number(ends) - (Date.now() / 1000 - skew));
    timer.toggleAttribute("data-over", left < 0);
    const text = left < 0 ? overWords.replace("{}", written(-left)) : written(left);
    const shown = timer.querySelector("[data-time]");
    if (shown.textContent !== text) shown.textContent = text;
    const bar = document.querySelector("[data-progress]");
    if (bar) bar.setAttribute("width", String(Math.min(100, Math.max(0, Math.round((100 * (length - left)) / length)))));
    // Only these three moments are spoken, each once.
    for (const [name, moment] of [["half", Math.round(length / 2)], ["minute", 60], ["zero", 0]]) {
      if (left === moment && !spoken.has(name)) { spoken.add(name); say(timer.dataset[name]); }
    }
  };
  setInterval(tick, 500);

  // Follow: when the review changed, ask whether that is new to this screen. A page that was turned to comes with the answer, the
  // same for everybody; what its reader may do there is fetched after that, by who is about to do something at once, by the others in turn.
  let asking = false, incomplete = false;
  const ask = async () => {
    const main = stage();
    if (!main || asking || document.visibilityState === "hidden") return;
    asking = true;
    try {
      const { pulse, turned, pulseUrl, status } = main.dataset;
      const follows = main.matches("[data-away], [data-chairs]") || wanted !== null ? "" : `&turned=${encodeURIComponent(turned)}`;
      const answer = await fetch(`${pulseUrl}?seen=${encodeURIComponent(pulse)}${follows}`);
      if (answer.status !== 200 || answer.redirected) return;
      const text = await answer.text();
      if (answer.headers.get("Content-Type").startsWith("text/html")) {
        if (!writesHere()) { await turn(text); incomplete = true; complete(); return; }
        // The meeting goes on; who writes on this page stays on it, as somebody who looks around.
        history.replaceState(history.state, "", `${location.pathname}?${document.getElementById("spot").dataset.at}`);
        await window.live.fetchMain();
        return;
      }
      if (text === stage()?.dataset.pulse) return;
      if (!text.startsWith(`${status}-`)) {
        if (!stays()) location.reload(); // to the minutes
        return;
      }
      await (writesHere() && window.live ? window.live.fetchMain() : show());
    } catch { /* away for a moment: the next beat asks again */ } finally { asking = false; }
  };
  // Closed while somebody is still writing: what is here stays, and says so.
  const stays = () => {
    const over = document.getElementById("over");
    if (!over || !unsent()) return false;
    if (over.hidden) { over.hidden = false; say(over.textContent.trim()); }
    return true;
  };
  // So it does when the page was asked for before it was closed, and is answered with the minutes.
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx?.target?.id === "main" && ctx.text && !ctx.text.includes('id="over"') && stays()) event.preventDefault();
  });
  const writesHere = () => {
    const spot = document.getElementById("spot"), at = document.activeElement;
    return [...spot.querySelectorAll("form")].some(dirty) || (spot.contains(at) && at.matches("input, textarea, select"));
  };
  const turn = async (text) => {
    const page = new DOMParser().parseFromString(text, "text/html").getElementById("page"), main = stage();
    if (!page || wanted !== null || main.hasAttribute("data-away")) return;
    begin(page.querySelector("#spot"));
    main.toggleAttribute("data-incomplete", true);
    for (const part of page.children) {
      if (part.id === "spot") main.dataset.turned = page.dataset.turned; // then its new heading is said
      await htmx.swap({ sourceElement: main, target: document.getElementById(part.id), select: `#${part.id}`, swap: "outerMorph", text });
    }
  };
  // A line that is begun from here on is about the page that is seen.
  const begin = (spot) => {
    const line = document.getElementById("capture");
    if (!line || !spot || dirty(line)) return;
    for (const name of ["step", "issue"]) {
      const field = line.querySelector(`[type=hidden][name=${name}]`) || Object.assign(document.createElement("input"), { type: "hidden", name });
      field.value = spot.dataset[name];
      if (field.value) line.prepend(field); else field.remove();
    }
    line.dataset.about = spot.dataset.name;
  };
  const show = () => {
    incomplete = false;
    setTimeout(stillMissing, 3000);
    return htmx.ajax("GET", location.pathname + location.search, { source: "#main", target: "#main", select: "#main", swap: "outerMorph", push: "false" });
  };
  // The rest of a page did not come: somebody walked out of reach of the network just then. It is asked for again.
  const stillMissing = () => {
    if (incomplete || !stage()?.hasAttribute("data-incomplete")) return;
    incomplete = true;
    complete();
  };

  // Looking around: another page on this screen alone. When the meeting comes to that page too, this screen follows again.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-look]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    history.replaceState(history.state, "", link.href);
    look(link.search.slice(1));
  });
  let wanted = null; // while the page that is asked for is not there yet: what was on its way already must not take its place
  const look = async (query) => {
    wanted = query;
    for (let tries = 0; tries < 20 && wanted === query; tries++) {
      await show().catch(() => {});
      if (wanted === query) await new Promise((resolve) => setTimeout(resolve, 80));
    }
    if (wanted === query) wanted = null; // away for a moment: the next beat shows it
  };
  const met = () => {
    if (wanted === stage().dataset.query) wanted = null;
    if (wanted === null && location.search && !stage().hasAttribute("data-away")) history.replaceState(history.state, "", location.pathname);
  };
  const { paced = (work) => work } = window.live || {};
  const follow = paced(ask, { least: 300, spread: 0.25 }), complete = paced(async () => { if (incomplete) await show(); }, { least: 300, after: 2, spread: 12 }); // when all have the page
  const waiting = []; // keys of the page that wait until what they lead to is there
  const early = (event) => {
    if (!event.isTrusted || (!incomplete && !waiting.length)) return;
    const whole = incomplete ? show() : null;
    const { key, target } = event, plain = !(event.ctrlKey || event.metaKey || event.altKey) && !/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
    const waits = waiting.length ? /^(.|Arrow.*|Enter|Backspace)$/u : /^(.|Arrow.*)$/u;
    if (event.type !== "keydown" || !plain || !waits.test(key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.push(event);
    whole?.then(press, press);
  };
  // One after another, as they were pressed: what the first leads to may be the line that the others are written in.
  const press = () => {
    for (const { key, shiftKey } of waiting.splice(0)) {
      const untouched = (document.activeElement || document.body).dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
      const at = document.activeElement;
      if (!untouched || !(key.length === 1 || key === "Backspace") || !at?.matches("textarea, input[type=text]")) continue;
      const back = key === "Backspace" && at.selectionStart === at.selectionEnd ? 1 : 0;
      at.setRangeText(key === "Backspace" ? "" : key, Math.max(0, at.selectionStart - back), at.selectionEnd, "end");
      at.dispatchEvent(new InputEvent("input", { bubbles: true, data: key, inputType: "insertText" }));
    }
  };
  for (const sign of ["pointermove", "pointerdown", "keydown"]) document.addEventListener(sign, early, { capture: true });
  if (stage()) document.addEventListener(`live:review-${stage().dataset.review}`, (event) => { event.preventDefault(); follow(); });

  // Who stays with the meeting for a minute is there, and so is who does something in it; who only looks in is not.
  let stayed = 0;
  const coming = () => document.getElementById("coming");
  setInterval(() => {
    const form = coming(), main = stage();
    if (!form || document.visibilityState === "hidden" || main.hasAttribute("data-away") || localStorage.getItem("looks") === main.dataset.review) return;
    if (++stayed < Number(form.dataset.stay)) return;
    stayed = 0;
    form.elements.namedItem("stayed").value = "yes";
    form.requestSubmit();
  }, 1000);
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "POST" || !(ctx.response?.status < 300)) return;
    const form = ctx.sourceElement?.closest?.("form");
    if (form?.id === "only-look") localStorage.setItem("looks", stage().dataset.review);
    else if (form?.id === "coming") localStorage.removeItem("looks");
    else if (form?.closest("#main")) coming()?.requestSubmit();
  });

  // What is being typed stays, with what it was about, while the page turns underneath.
  const dirty = (form) => [...form.querySelectorAll("textarea:not([hidden]), input[type=text]")].some((field) => field.value !== field.defaultValue);
  const unsent = () => [...document.querySelectorAll("#capture, #notes-form")].some(dirty);
  const hold = (form) => form.toggleAttribute("hx-morph-skip", dirty(form));
  // Who just begins to type a sentence or a name, wherever they are on the stage, is writing the line: no key leads there first.
  document.addEventListener("keydown", (event) => {
    const text = document.getElementById("capture-text"), begins = event.key === "@" || (event.shiftKey && /^\p{Lu}$/u.test(event.key));
    if (!begins || event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.singleKeys === "off" || !text?.getClientRects().length) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || document.querySelector("dialog[open]")) return;
    event.stopPropagation(); // not a key of the page
    text.focus();
  }, true);
  // The kind that was chosen stays chosen while somebody is about to write, though the page is brought up to date underneath.
  let chosen = null;
  document.addEventListener("change", (event) => { if (event.target.matches?.("#capture [name=kind]")) chosen = event.target.value; });
  const choose = (radio) => { radio.checked = true; radio.dispatchEvent(new Event("change", { bubbles: true })); };
  const kind = () => {
    const line = document.getElementById("capture");
    if (line && !line.querySelector("[name=kind]:checked")) choose(line.querySelector("[name=kind]")); // what was chosen is not there in this step
    if (!chosen || !line || dirty(line)) return;
    if (!line.contains(document.activeElement)) { chosen = null; return; }
    const radio = line.querySelector(`[name=kind][value="${CSS.escape(chosen)}"]`);
    if (radio && !radio.checked) choose(radio);
  };
  // A line that is being written stays about the point that it was begun on, and says so when another one is shown.
  const about = () => {
    const line = document.getElementById("capture"), told = document.getElementById("capture-about");
    if (!line || !told) return;
    const [key, now] = [line.dataset.about, document.getElementById("spot")?.dataset.name];
    told.hidden = !key || key === now || !dirty(line);
    const words = told.hidden ? "" : told.dataset.words.replace("{}", key);
    if (told.textContent !== words) told.textContent = words;
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("#capture, #notes-form");
    if (form?.id === "capture") begin(document.getElementById("spot")); // once it is empty, it is a new one
    if (form) { hold(form); about(); }
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => { // what was refused stays, with what is asked for
    const line = document.getElementById("capture");
    if (ctx?.response?.status === 422 && line) hold(line);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const ctx = event.detail?.ctx, form = ctx?.sourceElement?.closest?.("form");
    if (!form || !(ctx.response?.status < 300)) return;
    if (form.id === "notes-form") { form.querySelector("#notes-text").defaultValue = ctx.request.body.get("text"); hold(form); }
    if (form.closest(".conflict") && ctx.request.body.has("text") && form.action.includes("/notes")) { // settled: the notes are what was kept
      const text = document.getElementById("notes-text");
      text.value = text.defaultValue = ctx.request.body.get("text");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (form.id === "guest-form") form.reset();
    if (form.id === "capture" && ctx.sourceElement === form) { form.removeAttribute("hx-morph-skip"); chosen = null; }
  });

  // What leads out of the stage opens beside it: the meeting goes on here.
  const outward = () => {
    for (const link of document.querySelectorAll("#main a[href]:not([hx-get], [target], [data-look], .brand, [href^='#']), #dialog-body a[href]:not([hx-get], [target], [data-close-dialog], [href^='#'], .conflict a)")) {
      link.target = "_blank";
      link.rel = "noopener";
      const told = document.createElement("span");
      told.className = "sr";
      told.textContent = ` ${stage().dataset.outside}`;
      link.append(told);
    }
  };

  // A turned page says its name, and takes the focus along for who was not typing.
  let turned = stage()?.dataset.turned;
  document.addEventListener("htmx:after:swap", () => {
    const main = stage();
    tick();
    room();
    if (main) { met(); outward(); kind(); about(); }
    if (!main || main.dataset.turned === turned) return;
    turned = main.dataset.turned;
    const head = document.getElementById("spot-head");
    if (!head) return;
    say(head.textContent.trim());
    const at = document.activeElement;
    if (!(at?.matches("textarea, input") && at.value)) window.scrollTo({ top: 0 }); // who is in the middle of a sentence keeps seeing it
    if (!at || at === document.body || at.closest(".stage-foot, .agenda, .ribbon-steps, .stage")?.matches(".stage-foot, .agenda, .ribbon-steps")) head.focus({ preventScroll: true });
  });

  // Large for the room, remembered on this device; the whole screen with F.
  const root = document.documentElement;
  const room = () => {
    const large = localStorage.getItem("room") === "yes";
    root.toggleAttribute("data-scale", large);
    if (large) root.setAttribute("data-scale", "room");
    document.querySelector("[data-room]")?.setAttribute("aria-pressed", String(large));
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-room]")) { localStorage.setItem("room", localStorage.getItem("room") === "yes" ? "no" : "yes"); room(); }
    if (event.target.closest("[data-fullscreen]")) { if (document.fullscreenElement) document.exitFullscreen(); else root.requestFullscreen?.().catch(() => {}); }
  });
  room();
  tick();
  if (stage()) { met(); outward(); }
})();
