// Search from anywhere: / or Ctrl-K opens the palette; what is typed is looked for, and only the newest answer is shown.
(() => {
  "use strict";
  const WAIT = 120; // milliseconds without typing before the server is asked
  const RECENT = "cxboard.recent";
  const box = () => document.getElementById("palette");
  const field = () => document.getElementById("palette-text");
  const list = () => document.getElementById("palette-list");
  const options = () => [...list().querySelectorAll("[role=option]")];
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));
  let asked = 0; // the number of the newest question; an older answer is thrown away
  let timer, stop;

  // What was opened lately is kept as keys alone: the server says which of them one may see, and what they are called.
  const recent = () => { try { return JSON.parse(localStorage.getItem(RECENT)) || []; } catch { return []; } };
  const remember = () => {
    const at = /^\/(issues|problems)\/([0-9]{1,9})$/.exec(location.pathname);
    if (!at || !box()) return;
    const key = `${at[1] === "issues" ? "CX" : "EX"}-${at[2]}`;
    try { localStorage.setItem(RECENT, JSON.stringify([key, ...recent().filter((k) => k !== key)].slice(0, 7))); } catch { /* kept nowhere, then */ }
  };
  document.addEventListener("DOMContentLoaded", remember);

  const choose = (option, scroll = true) => {
    for (const other of list().querySelectorAll("[aria-selected=true]")) other.setAttribute("aria-selected", "false");
    if (!option) { field().removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    field().setAttribute("aria-activedescendant", option.id);
    if (scroll) option.scrollIntoView({ block: "nearest" });
  };
  const chosen = () => list().querySelector("[aria-selected=true]");

  const ask = async () => {
    const number = ++asked;
    stop?.abort();
    stop = new AbortController();
    const text = field().value.trim();
    const here = `${/^\/problems/.test(location.pathname) ? "EX" : "CX"}-${location.pathname.split("/")[2]}`;
    const query = new URLSearchParams(text ? { q: field().value } : { recent: recent().filter((k) => k !== here).join(" ") });
    list().setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${box().dataset.list}?${query}`, { headers: { "HX-Request": "true", "HX-Target": "div#palette-list" }, signal: stop.signal });
      if (answer.redirected || !answer.ok) { if (answer.status === 401 || answer.redirected) location.assign("/search"); return; }
      const html = await answer.text();
      if (number !== asked) return;
      list().innerHTML = html;
      list().scrollTop = 0;
      choose(options()[0], false);
      document.getElementById("palette-said").textContent = document.getElementById("palette-found")?.dataset.said || "";
    } catch (error) {
      if (error.name !== "AbortError") document.getElementById("palette-said").textContent = document.body.dataset.offline || "";
    } finally {
      if (number === asked) list().removeAttribute("aria-busy");
    }
  };

  const open = () => {
    if (!box() || box().open) return;
    box().showModal();
    field().value = "";
    field().focus();
    ask();
  };
  const close = () => { clearTimeout(timer); asked++; stop?.abort(); box()?.close(); };

  // A page is gone to, a dialog is opened, and what is done at once is sent as a form.
  const run = (option, event) => {
    if (!option) return;
    const how = option.dataset.how;
    if (how === "go") {
      if (event && (event.ctrlKey || event.metaKey)) { window.open(option.href, "_blank", "noopener"); return; }
      close();
      const to = new URL(option.href);
      const same = to.pathname === location.pathname && to.search === location.search;
      location.assign(option.href);
      if (same && !to.hash) location.reload();
    } else if (how === "dialog") {
      close();
      htmx.ajax("GET", option.getAttribute("href"), { source: "#dialog-body", target: "#dialog-body", swap: "innerHTML" });
    } else {
      const form = document.createElement("form");
      form.method = "post";
      form.action = option.getAttribute("href");
      const values = { ...JSON.parse(option.dataset.values || "{}"), back: location.pathname + location.search, csrf_token: JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"] };
      for (const [name, value] of Object.entries(values)) {
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = name;
        input.value = value;
        form.append(input);
      }
      document.body.append(form);
      form.submit();
    }
  };

  const keys = () => {
    close();
    htmx.ajax("GET", document.querySelector("[data-keys]").getAttribute("href"), { source: "#dialog-body", target: "#dialog-body", swap: "innerHTML" });
  };

  document.addEventListener("input", (event) => {
    if (event.target.id !== "palette-text") return;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  document.addEventListener("click", (event) => {
    if (!box()) return;
    const opener = event.target.closest("[data-palette]");
    if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); open(); return; }
    if (event.target.closest("[data-keys]")) { event.preventDefault(); keys(); return; }
    if (!box().open) return;
    const option = event.target.closest("#palette [role=option]");
    if (option) { event.preventDefault(); run(option, event); return; }
    if (event.target === box() || event.target.closest(".palette-x")) close();
  });
  document.addEventListener("mousemove", (event) => {
    const option = event.target.closest?.("#palette [role=option]");
    if (option && option.getAttribute("aria-selected") !== "true") choose(option, false);
  });
  document.addEventListener("keydown", (event) => {
    if (!box()) return;
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      if (box().open) close(); else open();
      return;
    }
    if (!box().open) {
      if (!"/?".includes(event.key) || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.body.dataset.singleKeys === "off" || document.getElementById("dialog").open) return;
      event.preventDefault();
      if (event.key === "?") keys(); else open();
      return;
    }
    if (event.target !== field() || event.isComposing) return;
    const all = options();
    const at = all.indexOf(chosen());
    const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at <= 0 ? all.length : at) - 1, PageDown: Math.min(all.length - 1, at + 6), PageUp: Math.max(0, at - 6) }[event.key];
    if (to !== undefined) { event.preventDefault(); if (all.length) choose(all[to]); return; }
    if (event.key === "Enter") {
      event.preventDefault();
      // What was typed after the newest answer counts: ask first, then go.
      clearTimeout(timer);
      if (list().hasAttribute("aria-busy") || document.getElementById("palette-found")?.dataset.for !== field().value.trim()) ask().then(() => run(chosen(), event));
      else run(chosen(), event);
    }
  });
})();
