// Attaching: files that are chosen, dropped or pasted are sent at once, one after the other, and show how far they are.
(() => {
  "use strict";
  const fill = (text, name) => text.replace("{name}", name);
  const say = (text) => { const spoken = document.getElementById("spoken"); if (spoken) spoken.textContent = text; };
  const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const token = (form) => form.querySelector("[name=csrf_token]").value;
  const listOf = (form) => form.querySelector("[data-drafts]");
  const formOf = (element) => element?.closest?.("form[data-attaches]");

  // A line for a file that is on its way, and its way back.
  const line = (list, file) => {
    const item = document.createElement("li"), name = document.createElement("span"), bar = document.createElement("progress"), away = document.createElement("button");
    item.className = "file";
    item.dataset.sending = "yes";
    name.className = "file-name";
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", fill(list.dataset.sending, file.name));
    away.type = "button";
    away.className = "btn quiet square file-remove";
    away.textContent = "×";
    away.setAttribute("aria-label", fill(list.dataset.cancel, file.name));
    item.append(name, bar, away);
    list.append(item);
    return { item, name, bar, away };
  };
  const failed = ({ item, name, bar }, text, again) => {
    delete item.dataset.sending;
    item.dataset.failed = "yes";
    name.textContent = text;
    bar.remove();
    say(text);
    if (!again) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link small";
    button.textContent = again.words;
    button.addEventListener("click", () => { item.remove(); again.run(); });
    name.append(" ", button);
  };

  // The parts of an answer land where they belong, as htmx would put them. A field in which somebody is choosing the next file stays the same one.
  const land = (html) => {
    for (const part of new DOMParser().parseFromString(html, "text/html").querySelectorAll("hx-partial")) {
      const target = document.querySelector(part.getAttribute("hx-target"));
      const pieces = [...part.children].map((piece) => document.importNode(piece, true));
      if (!target) continue;
      pieces.forEach((piece) => piece.querySelector("[data-drafts]")?.append(...target.querySelectorAll("[data-drafts] > :is([data-sending], [data-failed])")));
      for (const field of target.querySelectorAll("input[type=file][id]")) pieces.forEach((piece) => piece.querySelector(`#${field.id}`)?.replaceWith(field));
      if (part.getAttribute("hx-swap") === "beforeend") target.append(...pieces); else target.replaceWith(...pieces);
      pieces.forEach((piece) => htmx.process(piece));
    }
  };

  const send = (form, file) => new Promise((resolve) => {
    const list = listOf(form), once = form.hasAttribute("data-at-once"), shown = line(list, file), sent = key();
    const again = { words: list.dataset.again, run: () => queue(form, [file]) };
    const request = new XMLHttpRequest(), body = new FormData();
    shown.away.addEventListener("click", () => { request.abort(); shown.item.remove(); resolve(); });
    if (file.size > Number(form.dataset.most)) { failed(shown, fill(list.dataset.tooLarge, file.name)); resolve(); return; }
    body.append("file", file, file.name);
    if (!once) body.append("draft", "1");
    request.open("POST", form.dataset.attaches);
    for (const [name, value] of Object.entries({ "X-CSRFToken": token(form), "HX-Request": "true", "HX-Target": "ul#drafts", "HX-Current-URL": location.href, "Idempotency-Key": sent })) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) shown.bar.value = event.loaded / event.total; });
    request.addEventListener("load", () => {
      if (request.status === 413) { failed(shown, fill(list.dataset.tooLarge, file.name)); resolve(); return; }
      if (request.status === 201) {
        const item = document.importNode(new DOMParser().parseFromString(request.responseText, "text/html").querySelector("li"), true);
        shown.item.replaceWith(item);
        htmx.process(item);
        say(fill(list.dataset.arrived, file.name));
      } else if (request.status === 200) {
        shown.item.remove();
        land(request.responseText);
        say(fill(list.dataset.arrived, file.name));
      } else if (request.status === 401 || request.status >= 500) failed(shown, fill(list.dataset.failed, file.name), again);
      else { shown.item.remove(); land(request.responseText); }
      resolve();
    });
    request.addEventListener("error", () => { failed(shown, fill(list.dataset.failed, file.name), again); resolve(); });
    request.send(body);
  });

  // One after the other; a form that is sent meanwhile waits for its files.
  const waiting = new Map(); // the id of a form -> what is still to be done
  const held = new Set();
  const queue = (form, files) => {
    const before = waiting.get(form.id) || Promise.resolve();
    const work = [...files].reduce((last, file) => last.then(() => send(form.isConnected ? form : document.getElementById(form.id) || form, file)), before);
    waiting.set(form.id, work);
    work.then(() => {
      if (waiting.get(form.id) !== work) return;
      waiting.delete(form.id);
      const there = document.getElementById(form.id);
      if (held.delete(form.id) && there && !there.querySelector("[data-failed]")) there.requestSubmit();
    });
  };
  window.addEventListener("submit", (event) => {
    if (!event.target.id || !waiting.has(event.target.id)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.add(event.target.id);
  }, true);

  document.addEventListener("change", (event) => {
    const form = event.target.type === "file" && formOf(event.target);
    if (!form || !event.target.files.length) return;
    queue(form, [...event.target.files]);
    event.target.value = "";
  });
  document.addEventListener("paste", (event) => {
    const form = formOf(event.target), files = [...(event.clipboardData?.files || [])];
    if (!form || !files.length || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    queue(form, files);
  });
  const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const mark = (form) => {
    for (const other of document.querySelectorAll("[data-dropping]")) if (other !== form) delete other.dataset.dropping;
    if (form) form.dataset.dropping = "yes";
  };
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault(); // a file that misses the place must not take the page away
    const form = formOf(event.target);
    event.dataTransfer.dropEffect = form ? "copy" : "none";
    mark(form);
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(null); });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    mark(null);
    const form = formOf(event.target);
    if (form) queue(form, [...event.dataTransfer.files]);
  });
})();
