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

  // Carried out: the text is kept elsewhere now, so the field is empty and ready.
  document.addEventListener("cx:done", (event) => {
    const form = event.target.closest && event.target.closest("form[data-empties]");
    if (!form) return;
    const text = field(form);
    text.defaultValue = text.value = "";
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
