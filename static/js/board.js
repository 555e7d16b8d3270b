// The board by hand: drag a card, or move it with keys; the server decides, the card settles where it belongs.
(() => {
  "use strict";
  const board = () => document.getElementById("board");
  const lists = () => [...document.querySelectorAll("[data-list]")];
  const cards = () => [...document.querySelectorAll("#board [data-card]")];
  const say = (text) => { const p = document.getElementById("spoken"); p.textContent = ""; requestAnimationFrame(() => { p.textContent = text; }); };
  const title = (card) => card.querySelector("h3 a");
  let back = null; // where a dragged card came from, until the server has answered

  // Put a card in the list of its status (and lane), at the place of its rank; done is newest first.
  const listFor = (card) => lists().find((l) => l.dataset.status === card.dataset.status && (l.dataset.lane === undefined || l.dataset.lane === card.dataset.lane));
  const settle = (card) => {
    const old = document.querySelector(`#board #${CSS.escape(card.id)}`);
    const focused = old && old.contains(document.activeElement);
    const list = listFor(card);
    if (!list) { old?.remove(); card.remove(); return; }
    const rank = Number(card.dataset.rank);
    const next = [...list.querySelectorAll("[data-card]")].find((c) => c !== old && (card.dataset.status === "done" || Number(c.dataset.rank) > rank));
    old?.remove();
    list.insertBefore(card, next || null);
    htmx.process(card);
    if (focused || back?.focus === card.dataset.card || back?.undone) title(card)?.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    const place = [...list.querySelectorAll("[data-card]")].indexOf(card) + 1;
    say(board().dataset.moved.replace("{key}", card.querySelector(".key").textContent).replace("{status}", list.dataset.label || document.getElementById(`head-${list.dataset.status}`).textContent).replace("{place}", place));
  };
  document.addEventListener("htmx:after:swap", () => {
    const arrivals = document.getElementById("arrivals");
    if (!arrivals || !arrivals.childElementCount) return;
    for (const item of [...arrivals.children]) {
      if (item.dataset.count) {
        document.querySelectorAll(`[data-count-of="${CSS.escape(item.dataset.count)}"]`).forEach((c) => { c.textContent = item.textContent; });
        item.remove();
      } else settle(item);
    }
    back = null;
  });

  const restore = () => {
    if (!back?.card) return;
    const { card, list, next } = back;
    if (card.isConnected && (card.parentElement !== list || card.nextElementSibling !== next)) list.insertBefore(card, next && next.isConnected ? next : null); // moved by a key it never left, and keeps the focus
    back = null;
  };
  // What is taken back is where one goes on: the message with its button is gone.
  document.addEventListener("submit", (event) => { if (board() && event.target.closest("[data-toast]")) back = { undone: true }; });
  const send = (card, to, before) => {
    card.setAttribute("aria-busy", "true");
    const values = { to, version: card.dataset.version };
    if (before !== undefined) values.before = before;
    const rankOnly = to === card.dataset.status;
    const url = `/issues/${card.dataset.card}/${rankOnly ? "rank" : "move"}`;
    return htmx.ajax("POST", url, { source: card, target: "#dialog-body", swap: "innerHTML", values: rankOnly ? { before: before || "" } : values })
      .finally(() => card.removeAttribute("aria-busy"));
  };
  // Refused, or a question to answer first: the card waits where it came from.
  document.addEventListener("htmx:response:error", restore);
  document.addEventListener("htmx:error", () => { if (back?.card) { restore(); say(board()?.dataset.refused || ""); } });

  const start = () => {
    if (!board() || board().dataset.ready) return;
    board().dataset.ready = "yes";
    const mayRank = board().dataset.mayRank === "yes";
    // Fingers scroll; only a mouse or pen drags. On a phone the menu moves a card.
    if (window.Sortable && matchMedia("(pointer: fine)").matches) {
      for (const list of lists()) {
        if (Sortable.get(list)) continue;
        Sortable.create(list, {
          group: "board", draggable: "[data-movable]", animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
          // A finger on a screen that has a mouse as well scrolls too.
          filter: (event) => event.pointerType === "touch" || Boolean(event.touches) || Boolean(event.target.closest(".ic-move, .pick")), preventOnFilter: false, sort: mayRank, delayOnTouchOnly: true, delay: 200,
          onStart: (e) => { back = { card: e.item, list: e.from, next: e.item.nextElementSibling, focus: e.item.dataset.card }; },
          onEnd: (e) => {
            if (e.from === e.to && e.oldIndex === e.newIndex) { back = null; return; }
            const to = e.to.dataset.status;
            const next = e.item.nextElementSibling?.dataset.card || "";
            if (to === e.item.dataset.status && e.from !== e.to) { restore(); return; } // another lane is not another status
            send(e.item, to, mayRank && to !== "done" && next ? next : to === e.item.dataset.status ? next : undefined);
          },
        });
      }
    }
    tabs();
  };
  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:after:swap", start); // a board that was fetched anew is as ready as the first

  // The menu of a card opens in a dialog.
  document.addEventListener("click", (event) => {
    const move = event.target.closest("#board [data-move]");
    if (!move || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    htmx.ajax("GET", move.getAttribute("href"), { source: move, target: "#dialog-body", swap: "innerHTML" });
  });

  // Keys: J and K, arrows; Shift with an arrow moves the card itself.
  document.addEventListener("keydown", (event) => {
    if (!board() || event.ctrlKey || event.metaKey || event.altKey || document.getElementById("dialog").open) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const card = document.activeElement.closest?.("[data-card]");
    const single = document.body.dataset.singleKeys !== "off";
    const key = event.key.toLowerCase();
    const all = cards();
    if (single && (key === "j" || key === "k")) {
      event.preventDefault();
      const at = all.indexOf(card);
      const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + (key === "j" ? 1 : -1)))];
      if (next) title(next).focus();
      return;
    }
    if (!card) return;
    if (single && key === "m" && card.querySelector("[data-move]")) { event.preventDefault(); card.querySelector("[data-move]").click(); return; }
    if (single && key === "h" && board().dataset.mayAsk === "yes" && card.dataset.status !== "done") {
      event.preventDefault();
      htmx.ajax("GET", `/issues/${card.dataset.card}/handoffs`, { source: card, target: "#dialog-body", swap: "innerHTML" });
      return;
    }
    if (!/^Arrow/.test(event.key)) return;
    const list = card.closest("[data-list]");
    const row = lists().filter((l) => l.dataset.lane === list.dataset.lane);
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const inList = [...list.querySelectorAll("[data-card]")];
    const at = inList.indexOf(card);
    event.preventDefault();
    if (event.shiftKey) {
      if (!card.hasAttribute("data-movable")) return;
      back = { card, list, next: card.nextElementSibling, focus: card.dataset.card };
      if (side) { const to = row[row.indexOf(list) + side]; if (to) send(card, to.dataset.status); }
      else if (board().dataset.mayRank === "yes") {
        const before = event.key === "ArrowUp" ? inList[at - 1] : inList[at + 2];
        if (event.key === "ArrowUp" ? at > 0 : at < inList.length - 1) send(card, card.dataset.status, before?.dataset.card || "");
      }
      return;
    }
    if (side) {
      for (let i = row.indexOf(list) + side; i >= 0 && i < row.length; i += side) {
        const others = [...row[i].querySelectorAll("[data-card]")];
        if (others.length) { title(others[Math.min(at, others.length - 1)]).focus(); break; }
      }
    } else {
      const next = inList[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) title(next).focus();
    }
  });

  // On a phone: the tab of the column in view is marked.
  const tabs = () => {
    const links = [...document.querySelectorAll(".col-tabs a")];
    if (!links.length || !("IntersectionObserver" in window)) return;
    const seen = new IntersectionObserver((entries) => {
      for (const e of entries) if (e.isIntersecting) links.forEach((l) => (l.hash === `#${e.target.id}` ? l.setAttribute("aria-current", "true") : l.removeAttribute("aria-current")));
    }, { root: board(), threshold: 0.6 });
    document.querySelectorAll("#board .col").forEach((c) => seen.observe(c));
  };
})();
