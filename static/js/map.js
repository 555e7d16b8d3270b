// The root-cause map: what is pointed at or has the focus lights up its path and fades the rest; arrows go from node to node.
(() => {
  "use strict";
  const nodeAt = (event) => (event.target.closest ? event.target.closest(".flow-map [data-node]") : null);
  const light = (node) => {
    const map = node.closest(".flow-map"), key = node.dataset.node;
    map.toggleAttribute("data-lit", true);
    map.querySelectorAll("[data-path]").forEach((part) => part.toggleAttribute("data-on", part.dataset.path.split(" ").includes(key)));
  };
  const fade = () => document.querySelectorAll(".flow-map[data-lit]").forEach((map) => {
    map.removeAttribute("data-lit");
    map.querySelectorAll("[data-on]").forEach((part) => part.removeAttribute("data-on"));
  });
  const focused = () => document.activeElement && document.activeElement.closest(".flow-map [data-node]");
  document.addEventListener("pointerover", (event) => {
    const node = event.pointerType === "touch" ? null : nodeAt(event);
    if (node) light(node);
  });
  document.addEventListener("pointerout", (event) => {
    if (!nodeAt(event)) return;
    fade();
    if (focused()) light(focused());
  });
  document.addEventListener("focusin", (event) => { fade(); const node = nodeAt(event); if (node) light(node); });
  document.addEventListener("focusout", (event) => { if (nodeAt(event)) fade(); });

  const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  document.addEventListener("keydown", (event) => {
    const node = nodeAt(event), step = steps[event.key];
    if (!node || !step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    const middle = (one) => { const box = one.querySelector("rect:not(.hit)").getBoundingClientRect(); return box.top + box.height / 2; };
    const of = (column) => [...node.closest(".flow-map").querySelectorAll(`[data-node][data-column="${column}"]`)].sort((a, b) => middle(a) - middle(b));
    const column = Number(node.dataset.column);
    if (step[1]) {
      const own = of(column);
      const next = own[own.indexOf(node) + step[1]];
      if (next) next.focus();
      return;
    }
    const near = of(column + step[0]);
    const tied = near.filter((other) => other.dataset.path.split(" ").includes(node.dataset.node));
    const best = (tied.length ? tied : near).sort((a, b) => Math.abs(middle(a) - middle(node)) - Math.abs(middle(b) - middle(node)))[0];
    if (best) best.focus();
  });
})();
