// Voices: labels in use are taken over with a click, and the list is read with the keyboard (choosing is pick.js's).
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const hint = event.target.closest?.("[data-label]");
    const field = hint?.closest(".labels-field")?.querySelector("input");
    if (!field) return;
    const before = field.value.split(",").slice(0, -1).map((t) => t.trim()).filter(Boolean);
    field.value = [...before, hint.dataset.label, ""].join(", ");
    hint.parentElement.replaceChildren();
    field.focus();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // What is typed into the field that finds an issue is meant, so that "nothing yet" is no longer chosen.
  document.addEventListener("htmx:after:swap", () => {
    const hits = document.querySelectorAll("#issue-hits input[name=issue]");
    const text = document.querySelector("[data-finder] input[type=text], [data-finder] input:not([type])");
    if (hits.length === 1 && text && text === document.activeElement && text.value.trim()) hits[0].checked = true;
  });
  // Other words: what was chosen among the issues that the words before them found is not meant any more.
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-finder] input:not([type=radio])")) for (const hit of document.querySelectorAll("#issue-hits input[name=issue]")) hit.checked = false;
  });
  document.addEventListener("keydown", (event) => {
    if (!document.querySelector("[data-voice]") || event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.singleKeys === "off" || document.querySelector("dialog[open]")) return;
    if (/^(TEXTAREA|SELECT)$/.test(event.target.tagName) || (event.target.tagName === "INPUT" && event.target.type !== "checkbox")) return;
    const pressed = event.key.toLowerCase(), bar = document.getElementById("picked");
    const rows = [...document.querySelectorAll("[data-voice]")], at = rows.indexOf(document.activeElement?.closest("[data-voice]"));
    if ((pressed === "j" || pressed === "k") && !bar) {
      event.preventDefault();
      rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (pressed === "j" ? 1 : -1)))].querySelector("a[href]").focus();
    }
    const what = { s: "support", i: "issue", z: "aside" }[pressed];
    const act = what && bar?.querySelector(`[data-what="${what}"]`);
    if (!act) return;
    // Nothing chosen: the one that is read is meant.
    if (bar.hidden && at >= 0) rows[at].querySelector(".pick").click();
    if (bar.hidden) return;
    event.preventDefault();
    act.click();
  });

  // A row of months that does not fit begins with the newest.
  for (const wide of document.querySelectorAll("[data-newest-last]")) wide.scrollLeft = wide.scrollWidth;
})();
