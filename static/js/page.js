// What every page does: dialogs, toasts, menus, single keys, double posts, and text that survives a refusal.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const dialog = () => document.getElementById("dialog");
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));

  // A form that is a page of its own is put right where it stands, and not in a dialog above itself.
  const inPlace = ([fresh, ...more]) => {
    const place = fresh?.id && !more.length && document.querySelector("main #dialog-title")?.closest(`#${CSS.escape(fresh.id)}`);
    if (!place) return;
    place.replaceWith(fresh);
    (fresh.querySelector("[aria-invalid=true]") || fresh.querySelector("input:not([type=hidden]), textarea, select"))?.focus();
  };
  // Once it is carried out there is nothing left to do on such a page: it leads on to what it was about.
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement.closest?.("main")?.querySelector("#dialog-title")) ctx.request.headers["Form-Is-Page"] = "yes";
  });
  // What was refused while its answer has no place on the page: the form itself shows it, or else a message says why.
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.response?.status !== 422 || ctx.swap !== "none" || ctx.text.includes("<hx-partial")) return;
    const form = ctx.sourceElement.closest("form"), answer = new DOMParser().parseFromString(ctx.text, "text/html");
    if (form?.id && answer.getElementById(form.id)) {
      const id = `#${CSS.escape(form.id)}`;
      Object.assign(ctx, { target: form, select: id, swap: "outerMorph" });
      document.addEventListener("htmx:after:swap", () => document.querySelector(`${id} [aria-invalid=true]`)?.focus(), { once: true });
      return;
    }
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.dataset.toast = toast.dataset.refused = "";
    toast.textContent = answer.querySelector(".err")?.textContent.trim() || answer.title;
    document.getElementById("toasts").append(toast);
  });
  // A fragment that lands in the dialog opens it; a form in it that was carried out closes it.
  document.addEventListener("htmx:after:swap", (event) => {
    const box = dialog();
    if (box && !box.open && event.detail.ctx?.response?.status === 422) inPlace(document.getElementById("dialog-body").children);
    if (box && !box.open && document.getElementById("dialog-body").childElementCount) {
      box.showModal();
      const first = box.querySelector("[aria-invalid=true]") || box.querySelector("[autofocus]") || box.querySelector("input:not([type=hidden]), textarea, select");
      if (first) first.focus();
      if (first?.matches("input[type=text]")) first.select(); // what stands there is proposed: typing replaces it
    } else if (box?.open && event.detail.ctx?.response?.status === 422) {
      setTimeout(() => box.querySelector("[aria-invalid=true]")?.focus()); // after autofocus, which knows nothing of what is wrong
    }
  });
  // What is wrong in a form that came back as a page is where one goes on, wherever it stands.
  document.addEventListener("DOMContentLoaded", () => document.querySelector("main [aria-invalid=true]")?.focus());
  const closeDialog = () => { const box = dialog(); if (box && box.open) box.close(); };
  document.addEventListener("cx:done", closeDialog);
  // Escape in a dialog in which something was typed asks once more.
  let typed = false;
  document.addEventListener("input", (event) => { if (event.target.closest("#dialog")) typed = true; });
  document.addEventListener("cancel", (event) => {
    if (event.target.id !== "dialog" || !typed) return;
    event.preventDefault();
    typed = false;
    document.getElementById("spoken").textContent = event.target.dataset.unsaved;
    let note = document.getElementById("dialog-unsaved");
    if (!note) {
      note = document.createElement("p");
      note.id = "dialog-unsaved";
      note.className = "note mt-3";
      document.getElementById("dialog-body").append(note);
    }
    note.textContent = event.target.dataset.unsaved;
  }, true);
  document.addEventListener("close", (event) => {
    if (event.target.id === "dialog") typed = false;
    if (event.target.id === "dialog") document.getElementById("dialog-body").replaceChildren();
  }, true);
  document.addEventListener("click", (event) => {
    if (dialog()?.open && event.target.closest("[data-close-dialog]")) { event.preventDefault(); closeDialog(); }
    else if (event.target.closest("main button[data-close-dialog]")) { if (history.length > 1) history.back(); else location.assign("/"); } // the form as a page
    if (event.target.id === "dialog") closeDialog();
    if (event.target.closest("[data-print]")) window.print();
    const close = event.target.closest("[data-close-toast]");
    if (close) close.closest("[data-toast]").remove();
    // A menu closes when the click falls outside it.
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // What opens to be written in is written in at once.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.react-more[open]")) event.target.querySelector("textarea, input:not([type=hidden])")?.focus();
  }, true);

  // A toast leaves after ten seconds, unless somebody is on it; at once when what it offers was done.
  // What was refused is not said any longer once something was carried out.
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (!(ctx.response?.status < 400)) return;
    ctx.sourceElement?.closest?.("[data-toast]")?.remove();
    if (ctx.request.method !== "GET") document.querySelectorAll("[data-toast][data-refused]").forEach((toast) => toast.remove());
  });
  // The same message once more takes the place of the one before.
  const watch = (toast) => {
    for (const other of document.querySelectorAll("[data-toast]")) if (other !== toast && !other.querySelector("form") && other.textContent === toast.textContent) other.remove();
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

  // A form is sent once, however often the button is pressed: until the answer is there.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { form.dataset.again = "yes"; event.preventDefault(); event.stopImmediatePropagation(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  }, true);
  document.addEventListener("htmx:finally:request", (event) => { if (event.target.dataset) delete event.target.dataset.sent; });
  document.addEventListener("submit", (event) => { delete event.target.dataset.again; });
  window.addEventListener("pageshow", (event) => {
    document.querySelectorAll("[data-sent]").forEach((f) => delete f.dataset.sent);
    // Back to a page before it was narrowed: the field says what the page shows, not what was typed in it then.
    if (event.persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward") document.querySelectorAll("form[method=get] input[type=search]").forEach((f) => { f.value = f.defaultValue; });
  });

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
  // A fact as a field in its place: a choice saves at once, leaving the field saves too.
  const changedFact = (form) => [...form.elements].some((f) => f.type === "checkbox" ? f.checked !== f.defaultChecked : f.tagName === "SELECT" ? [...f.options].some((o) => o.selected !== o.defaultSelected) : f.type !== "hidden" && "defaultValue" in f && f.value !== f.defaultValue);
  document.addEventListener("focusout", (event) => {
    const form = event.target.closest?.("[data-fact]");
    if (!form) return;
    setTimeout(() => {
      if (form.isConnected && !form.contains(document.activeElement) && document.hasFocus() && !form.dataset.sent && changedFact(form)) form.requestSubmit();
    }, 120);
  });
  // Afterwards the focus is where the fact stands, for who goes on with the keyboard.
  let edited = "";
  document.addEventListener("focusin", (event) => { edited = event.target.closest?.("[data-fact]")?.closest("[id^=fact-]:not(form)")?.id || ""; });
  document.addEventListener("htmx:after:swap", () => {
    const place = edited && document.getElementById(edited);
    if (place && document.activeElement === document.body && !place.querySelector("[data-fact]")) place.querySelector("a[href], button")?.focus({ preventScroll: true });
  });
  // Escape leaves it as it was.
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
