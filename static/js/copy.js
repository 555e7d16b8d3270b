// A button that copies the field it names: <button data-copy="id-of-the-field" data-copied="Copied">.
(() => {
  "use strict";
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      document.getElementById("spoken").textContent = button.dataset.copied;
      button.querySelector("[data-copy-word]").textContent = button.dataset.copied;
    } catch {
      // The text is selected: Ctrl+C does the rest.
    }
  });
  document.addEventListener("focusin", (event) => { if (event.target.matches("input[data-select]")) event.target.select(); });
})();
