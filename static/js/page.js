// What every page does: dialogs, toasts, menus, single keys, double posts, and text that survives a refusal.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const dialog = () => document.getElementById("dialog");
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));

  // A fragment that lands in the dialog opens it; a form in it that was carried out closes it.
  document.addEventListener("htmx:after:swap", () => {
    const box = dialog();
    if (box && !box.open && document.getElementById("dialog-body").childElementCount) {
      box.showModal();
      const first = box.querySelector("[autofocus]") || box.querySelector("input:not([type=hidden]), textarea, select");
      if (first) first.focus();
    }
  });
  const closeDialog = () => { const box = dialog(); if (box && box.open) box.close(); };
  document.addEventListener("cx:done", closeDialog);
  document.addEventListener("close", (event) => {
    if (event.target.id === "dialog") document.getElementById("dialog-body").replaceChildren();
  }, true);
  document.addEventListener("click", (event) => {
    if (dialog()?.open && event.target.closest("[data-close-dialog]")) { event.preventDefault(); closeDialog(); }
    if (event.target.id === "dialog") closeDialog();
    const close = event.target.closest("[data-close-toast]");
    if (close) close.closest("[data-toast]").remove();
    // A menu closes when the click falls outside it.
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // A toast leaves after ten seconds, unless somebody is on it.
  const watch = (toast) => {
    let left = 10;
    const timer = setInterval(() => {
      if (toast.matches(":hover, :focus-within")) return;
      if (--left <= 0) { clearInterval(timer); toast.remove(); }
    }, 1000);
  };
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1 && node.matches("[data-toast]")) watch(node);
  }).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-toast]").forEach(watch));

  // What went wrong on the way is said where everything is said.
  document.addEventListener("htmx:error", (event) => {
    if (event.detail && event.detail.error && event.detail.error.name === "AbortError") return;
    const say = document.body.dataset.offline;
    if (say) document.getElementById("spoken").textContent = say;
  });

  // A plain form is sent once, however often the button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("hx-post") || form.hasAttribute("hx-get") || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((f) => delete f.dataset.sent));

  // Enter sends a one-line textarea; Ctrl+Enter sends a longer one.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "TEXTAREA") return;
    if (event.ctrlKey || event.metaKey || (event.target.hasAttribute("data-enter") && !event.shiftKey && !event.isComposing)) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });

  // Selects and checkboxes marked so send their form by themselves.
  document.addEventListener("change", (event) => { if (event.target.closest("[data-autosubmit]")) event.target.form.requestSubmit(); });
  // A field in place: leaving it saves, Escape restores.
  document.addEventListener("keydown", (event) => {
    const cancel = event.key === "Escape" && event.target.closest && event.target.closest("form")?.querySelector("[data-cancel]");
    if (cancel) { event.preventDefault(); cancel.click(); }
  });

  // Single keys: an element with data-key="n" is clicked (or focused) by N. Never while typing, and they can be switched off.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.body.dataset.singleKeys === "off") return;
    const box = dialog();
    if (box && box.open) return;
    const found = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)].filter((el) => el.getClientRects().length);
    const target = found.find(typing) || found[0]; // a field on the page is quicker than a dialog
    if (!target) return;
    event.preventDefault();
    if (typing(target)) { target.focus(); target.select?.(); } else target.click();
  });
})();
