// The address of the page is that of the version that is on it, so that it can be sent, reloaded and printed.
(() => {
  "use strict";
  document.addEventListener("htmx:after:swap", () => {
    const version = document.getElementById("version");
    if (!version || version.dataset.address === location.pathname + location.search) return;
    history.replaceState(history.state, "", version.dataset.address);
    document.querySelectorAll("[data-of-version]").forEach((link) => { link.search = location.search; });
  });
  // What is wrong is said beside a field by the answer; that it is wrong is a mark of the field itself.
  document.addEventListener("htmx:after:swap", () => {
    for (const note of document.querySelectorAll("#play .as-note")) {
      const field = document.querySelector(`#play [aria-describedby="${note.id}"]`);
      if (note.querySelector(".err")) field?.setAttribute("aria-invalid", "true"); else field?.removeAttribute("aria-invalid");
    }
  });
  // What was seen when the trying began is what a version takes the place of, though a colleague has kept another one meanwhile.
  document.addEventListener("submit", (event) => {
    const seen = event.target.id === "keep" && document.querySelector("#play [name=version]");
    if (seen) event.target.elements.namedItem("version").value = seen.value;
  }, true);
})();
