// Linking a cause: one empty why at a time, Enter for the next; and figures that open to their rows.
(() => {
  "use strict";
  const tidy = (whys) => {
    const lines = [...whys.querySelectorAll("[data-why]")];
    const used = lines.map((line) => line.querySelector("input").value.trim() !== "").lastIndexOf(true);
    lines.forEach((line, n) => { line.hidden = n > used + 1 && !line.contains(document.activeElement); });
  };
  const tidyAll = () => document.querySelectorAll("[data-whys]").forEach(tidy);
  document.addEventListener("DOMContentLoaded", tidyAll);
  document.addEventListener("htmx:after:swap", tidyAll);
  document.addEventListener("input", (event) => {
    const whys = event.target.closest("[data-whys]");
    if (whys) tidy(whys);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
    const why = event.target.closest && event.target.closest("[data-why]");
    if (why) {
      event.preventDefault();
      const next = why.nextElementSibling;
      if (!next || !event.target.value.trim()) { why.closest("form").querySelector("[name=share]").focus(); return; }
      next.hidden = false;
      next.querySelector("input").focus();
    }
    // Enter in the search chooses what is on top, and goes on to the next field.
    if (event.target.matches("[data-find]")) {
      event.preventDefault();
      const form = event.target.form;
      const chosen = form.querySelector("#choices :checked") || form.querySelector("#choices input[type=radio]");
      if (chosen) { chosen.checked = true; chosen.focus(); }
    }
  });

  // The row under a figure: fetched once, then shown and hidden again.
  const rows = (link) => document.getElementById(link.dataset.rows);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-rows]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = rows(link);
    if (!row || !row.textContent.trim()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    row.hidden = !row.hidden;
    link.setAttribute("aria-expanded", String(!row.hidden));
  }, true);
  document.addEventListener("htmx:after:swap", () => document.querySelectorAll("[data-rows]").forEach((link) => {
    const row = rows(link);
    if (row) link.setAttribute("aria-expanded", String(!row.hidden));
  }));
})();
