// Writing down in one line: B and A lead into the field, and what was carried out empties it for the next one.
(() => {
  "use strict";
  const field = (form) => form.querySelector("textarea");

  // A click or a key on a kind leads on into the line; the arrows between the kinds do not.
  // At once, so that the letter after B or A already falls into the line.
  document.addEventListener("click", (event) => {
    const kind = event.target.closest("form.capture label[data-key]");
    if (!kind || event.target.tagName === "INPUT") return;
    event.preventDefault();
    const radio = kind.querySelector("input");
    if (!radio.checked) {
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
    field(kind.closest("form")).focus();
  });

  // Escape leads out of the line again, so that the keys of the page work; what stands in it stays.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && event.target.matches?.("form.capture textarea") && !document.querySelector("dialog[open]")) event.target.blur();
  });

  // The example in the empty line is one of the kind that is chosen.
  document.addEventListener("change", (event) => {
    const example = event.target.closest?.("form.capture") && event.target.dataset.example;
    if (example) field(event.target.form).placeholder = example;
  });

  // A form for several is empty once it was carried out. What was typed while it was on its way begins the next one, and Enter counted.
  const SEVERAL = "form[data-empties], form[data-one-more]";
  const lines = (form) => [...form.elements].filter((f) => f.tagName === "TEXTAREA" || (f.tagName === "INPUT" && f.type === "text"));
  const more = (line) => line.sent === undefined || line.value === line.sent ? "" : line.value.startsWith(line.sent) ? line.value.slice(line.sent.length) : line.value;
  document.addEventListener("submit", (event) => {
    if (event.target.matches(SEVERAL)) for (const line of lines(event.target)) line.sent = line.value;
  });
  const emptied = (form, empty) => {
    const typed = lines(form).map((line) => [line, more(line)]);
    empty();
    for (const [line, text] of typed) {
      delete line.sent;
      line.value = text;
      if (text) setTimeout(() => line.dispatchEvent(new Event("input", { bubbles: true }))); // once the rest of the answer is there
    }
  };
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target.closest?.("form[data-one-more]");
    if (!form || !((event.detail.ctx.response?.status ?? 500) < 400)) return;
    emptied(form, () => form.reset());
    lines(form)[0].focus();
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target.closest?.(SEVERAL);
    if (!form?.dataset.again) return;
    delete form.dataset.again;
    if (event.detail.ctx.response?.status < 400 && lines(form).some((line) => line.value.trim())) setTimeout(() => form.requestSubmit());
  });
  // Refused: what was typed meanwhile stands behind it.
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target.closest?.(SEVERAL);
    if (event.detail.ctx.response?.status !== 422 || !form?.id) return;
    const before = lines(form);
    document.addEventListener("htmx:after:swap", () => {
      const now = document.getElementById(form.id);
      for (const line of now && now !== form ? lines(now) : []) {
        const typed = before.find((old) => old.name === line.name && more(old) && old.sent.trim() === line.value.trim());
        if (typed) line.value = typed.value;
      }
    }, { once: true });
  });

  // What was wrong with a line is not said any more of the one that takes its place.
  document.addEventListener("input", (event) => {
    const form = event.target.tagName === "TEXTAREA" && event.target.closest("form.capture");
    if (!form) return;
    for (const told of form.querySelectorAll(".err")) told.remove();
    for (const wrong of form.querySelectorAll("[aria-invalid]")) { wrong.removeAttribute("aria-invalid"); wrong.removeAttribute("aria-describedby"); }
  });

  // Carried out: the text is kept elsewhere now, so the field is empty and ready.
  document.addEventListener("cx:done", (event) => {
    const form = event.target.closest && event.target.closest("form[data-empties]");
    if (!form) return;
    const text = field(form);
    emptied(form, () => { text.defaultValue = text.value = ""; });
    for (const input of form.querySelectorAll("select, input[type=date]")) {
      input.value = "";
      if (input.selectedIndex < 0) input.selectedIndex = 0; // a choice without "none" begins with its first
    }
    for (const told of form.querySelectorAll(".parsed > *, .err")) told.remove();
    for (const wrong of form.querySelectorAll("[aria-invalid]")) { wrong.removeAttribute("aria-invalid"); wrong.removeAttribute("aria-describedby"); }
    for (const more of form.querySelectorAll("details")) more.open = false;
    text.focus();
  });
})();
