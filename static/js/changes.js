// The board as others change it: only the cards that changed are fetched, each goes to its place, and the counts follow.
// Never while a card is being dragged; what has the focus keeps it, and nothing scrolls.
(() => {
  "use strict";
  const board = () => document.getElementById("board");
  const busy = () => window.Sortable?.active || board()?.querySelector("[aria-busy]");
  const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
  const MOST = 200; // more than that is the whole board
  const FIGURES = 15000; // the figures above the board follow at leisure
  const numbers = new Set();
  let whole = false;

  const address = (more) => {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(more)) query.set(name, value);
    return `/board/cards?${query}`;
  };
  const fetched = async (more) => {
    const answer = await fetch(address(more), { headers: { "HX-Request": "true", "HX-Current-URL": location.href }, redirect: "manual", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const parsed = document.createElement("template");
    parsed.innerHTML = await answer.text();
    return [...parsed.content.children];
  };

  // A card to its place in the column of its status: by rank, done by the newest first.
  const place = (card) => {
    const old = document.getElementById(card.id);
    const list = document.querySelector(`#board [data-list][data-status="${CSS.escape(card.dataset.status)}"]`);
    if (!list) { old?.remove(); return; }
    const others = [...list.querySelectorAll("[data-card]")].filter((c) => c !== old);
    const done = card.dataset.status === "done", rank = Number(card.dataset.rank);
    const next = done && old?.parentElement === list ? old.nextElementSibling : done ? others[0] : others.find((c) => Number(c.dataset.rank) > rank);
    const more = list.parentElement.querySelector("[data-hidden-cards]");
    if (!next && more && !done && others.length) { old?.remove(); return; } // it is among those that are not shown
    old?.removeAttribute("data-fresh");
    if (old && old.parentElement === list && (old.nextElementSibling || null) === (next || null) && old.outerHTML === card.outerHTML) return;
    const focused = old?.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    old?.remove();
    list.insertBefore(card, next || null);
    card.setAttribute("data-fresh", "");
    setTimeout(() => card.removeAttribute("data-fresh"), 2000);
    htmx.process(card);
    if (focused) card.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  };
  const settle = (item) => {
    const { gone, count, more, shows } = item.dataset;
    if (gone) document.getElementById(`card-${gone}`)?.remove();
    else if (shows) document.querySelectorAll(`[data-figure="${shows}"]`).forEach((f) => { f.textContent = item.textContent; });
    else if (count) {
      document.querySelectorAll(`[data-count-of="${CSS.escape(count)}"]`).forEach((c) => { c.textContent = item.textContent; });
      const hidden = document.querySelector(`#col-${count} [data-hidden-cards]`);
      if (hidden && more) hidden.textContent = more; else if (hidden || more) whole = true;
      document.querySelector(`#col-${count} .col-empty`)?.toggleAttribute("hidden", item.textContent !== "0");
      if (item.textContent !== "0") document.querySelector(".no-hits")?.setAttribute("hidden", "");
    } else place(item);
  };
  let figuresAsked = 0;
  const figures = (wait = FIGURES) => {
    figuresAsked ||= setTimeout(async () => {
      figuresAsked = 0;
      try { (await fetched({ figures: "1" })).forEach(settle); } catch { /* the next change asks again */ }
    }, wait);
  };
  const update = window.live?.paced(async () => {
    while (busy()) await sleep(200);
    const asked = [...numbers], all = whole || asked.length > MOST || board().classList.contains("lanes-board");
    numbers.clear();
    whole = false;
    try {
      if (all) { await window.live.fetchMain(); return; }
      const items = await fetched({ numbers: asked.join(",") });
      while (busy()) await sleep(200);
      items.forEach(settle);
      document.dispatchEvent(new CustomEvent("cx:settled"));
      if (whole) update(); else figures();
    } catch (error) {
      asked.forEach((n) => numbers.add(n));
      whole ||= all;
      setTimeout(update, 3000);
      throw error;
    }
  });
  document.addEventListener("live:board", (event) => {
    if (!board() || !update) return;
    event.preventDefault();
    const { own, all, numbers: changed } = event.detail;
    if (own) { figures(500); return; } // the card is in its place already
    whole ||= all;
    changed.forEach((n) => numbers.add(n));
    update();
  });
})();
