// Writing: buttons that put Markdown there, how it will look, and whom one may be calling in while typing an @name.
(() => {
  "use strict";
  // What replaces the selection can be undone with Ctrl+Z, since it is typed as a person would.
  const type = (field, text) => {
    field.focus();
    if (!text) { document.execCommand("delete"); return; }
    if (!document.execCommand("insertText", false, text)) {
      field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  // Bold, italic and link around the selection; lists and quotes before each of its lines. Pressed again it goes away.
  const around = (field, mark) => {
    const { selectionStart: from, selectionEnd: to, value } = field, n = mark.length;
    const only = (at, step) => value[at + step] !== mark[0];
    if (value.slice(from - n, from) === mark && value.slice(to, to + n) === mark && (n > 1 || (only(from - n, -1) && only(to + n - 1, 1)))) {
      field.setSelectionRange(from - n, to + n);
      type(field, value.slice(from, to));
      field.setSelectionRange(from - n, to - n);
      return;
    }
    const words = value.slice(from, to), inner = words.trim(), lead = words.indexOf(inner);
    type(field, words.slice(0, lead) + mark + inner + mark + words.slice(lead + inner.length));
    field.setSelectionRange(from + lead + n, from + lead + n + inner.length);
  };
  const lines = (field, mark, pattern) => {
    const { value } = field;
    const from = value.lastIndexOf("\n", field.selectionStart - 1) + 1;
    const next = value.indexOf("\n", field.selectionEnd), to = next < 0 ? value.length : next;
    const old = value.slice(from, to).split("\n");
    const marked = old.every((line) => pattern.test(line));
    const fresh = old.map((line, n) => (marked ? line.replace(pattern, "") : mark(n) + line.replace(/^(?:[-*] |\d+\. |> )/, ""))).join("\n");
    field.setSelectionRange(from, to);
    type(field, fresh);
    if (old.length > 1) field.setSelectionRange(from, from + fresh.length);
  };
  const link = (field, words) => {
    const { selectionStart: from, selectionEnd: to, value } = field;
    const chosen = value.slice(from, to), address = /^https?:\/\/\S+$/.test(chosen);
    const label = address ? words : chosen || words, url = address ? chosen : "https://";
    type(field, `[${label}](${url})`);
    const at = from + (address || !chosen ? 1 : label.length + 3);
    field.setSelectionRange(at, at + (address || !chosen ? label.length : url.length));
  };
  const DOES = {
    bold: (f) => around(f, "**"), italic: (f) => around(f, "*"), list: (f) => lines(f, () => "- ", /^[-*] /),
    numbers: (f) => lines(f, (n) => `${n + 1}. `, /^\d+\. /), quote: (f) => lines(f, () => "> ", /^> ?/), link: (f, button) => link(f, button.dataset.words),
  };
  const fieldOf = (bar) => document.getElementById(bar.dataset.writes);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-md]");
    if (!button) return;
    const field = fieldOf(button.closest("[data-writes]"));
    write(field);
    DOES[button.dataset.md](field, button);
  });
  document.addEventListener("mousedown", (event) => { if (event.target.closest("[data-md]")) event.preventDefault(); }); // the selection stays
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.target.tagName !== "TEXTAREA") return;
    const does = { b: "bold", i: "italic" }[event.key.toLowerCase()];
    if (!does || !document.querySelector(`[data-writes="${CSS.escape(event.target.id)}"]`)) return;
    event.preventDefault();
    DOES[does](event.target);
  });
  // A list goes on at Enter, and ends at an empty point.
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.defaultPrevented || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing || field.tagName !== "TEXTAREA") return;
    if (!document.querySelector(`[data-writes="${CSS.escape(field.id)}"]`) || field.selectionStart !== field.selectionEnd) return;
    const at = field.selectionStart, start = field.value.lastIndexOf("\n", at - 1) + 1;
    const point = /^(\s*)([-*]|(\d+)\.|>) /.exec(field.value.slice(start, at));
    if (!point) return;
    event.preventDefault();
    if (field.value.slice(start, at) === point[0]) { field.setSelectionRange(start, at); type(field, ""); return; }
    type(field, `\n${point[1]}${point[3] ? `${Number(point[3]) + 1}.` : point[2]} `);
  });
  // One stop for Tab; the arrows go along the buttons.
  document.addEventListener("keydown", (event) => {
    const bar = event.target.closest?.("[role=toolbar][data-writes]");
    if (!bar || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const all = [...bar.querySelectorAll("button")], at = all.indexOf(event.target);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1 }[event.key];
    const next = all[(to + all.length) % all.length];
    all.forEach((b) => { b.tabIndex = b === next ? 0 : -1; });
    next.focus();
  });

  // How it will look, in the place of the field; pressed again one writes on.
  const lookOf = (id) => document.querySelector(`[data-look="${CSS.escape(id)}"]`);
  const show = (id, looking) => {
    const field = document.getElementById(id), shown = document.getElementById(`${id}-preview`), button = lookOf(id);
    if (!field || !shown) return;
    (field.closest(".writing") || field).hidden = looking;
    shown.hidden = !looking;
    if (!looking) shown.replaceChildren();
    if (button) { button.setAttribute("aria-pressed", String(looking)); button.classList.toggle("on", looking); }
  };
  const write = (field) => { if (lookOf(field.id)?.getAttribute("aria-pressed") === "true") show(field.id, false); };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-look]");
    if (!button || button.getAttribute("aria-pressed") !== "true") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    show(button.dataset.look, false);
    document.getElementById(button.dataset.look).focus();
  }, true);
  document.addEventListener("htmx:after:swap", (event) => {
    const ctx = event.detail?.ctx, source = ctx?.sourceElement;
    if (source?.dataset?.look && source.isConnected) show(source.dataset.look, true);
  });
  document.addEventListener("cx:done", (event) => {
    for (const shown of event.target.querySelectorAll?.(".writing-preview:not([hidden])") || []) show(shown.id.replace(/-preview$/, ""), false);
  });

  // A menu in which something was chosen closes.
  document.addEventListener("cx:done", (event) => {
    const menu = event.target.closest?.("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // Whom one is calling in: what stands between an @ and the cursor is looked up, and chosen with the arrows and Enter or Tab.
  let calling = null; // { field, from, list, at }
  const typedName = (field) => {
    if (field.selectionStart !== field.selectionEnd) return null;
    const before = field.value.slice(Math.max(0, field.selectionStart - 61), field.selectionStart);
    const found = /(?:^|[^\p{L}\p{N}_@/.+-])@([\p{L}\p{N}][\p{L}\p{N}.’'-]*(?: [\p{L}\p{N}.’'-]*){0,3}|)$/u.exec(before);
    return found ? { text: found[1], from: field.selectionStart - found[1].length } : null;
  };
  const close = () => {
    if (!calling) return;
    const { field, box } = calling;
    calling = null;
    box.remove();
    for (const name of ["aria-controls", "aria-activedescendant", "aria-autocomplete", "aria-haspopup"]) field.removeAttribute(name);
  };
  const options = () => [...calling.box.querySelectorAll("[role=option]")];
  const mark = (at) => {
    const all = options();
    calling.at = (at + all.length) % all.length;
    all.forEach((o, n) => { o.setAttribute("aria-selected", String(n === calling.at)); });
    calling.field.setAttribute("aria-activedescendant", all[calling.at].id);
    all[calling.at].scrollIntoView({ block: "nearest" });
  };
  const choose = (option) => {
    const { field, from } = calling, handle = option.dataset.handle;
    close();
    asked++;
    called = { field, from, handle };
    field.setSelectionRange(from, field.selectionStart);
    const spaced = !/^\s/.test(field.value.slice(field.selectionEnd));
    type(field, spaced ? `${handle} ` : handle);
    if (spaced) called.spaced = field.selectionStart;
  };
  // The space came with the name: whoever types one all the same, or a comma, has one, or none.
  document.addEventListener("keydown", (event) => {
    const { field, spaced } = called || {}, { key, target } = event;
    if (!spaced || target !== field || event.ctrlKey || event.metaKey || event.altKey || key === "Shift") return;
    called.spaced = 0;
    if (field.selectionStart !== spaced || field.selectionEnd !== spaced) return;
    if (key === " ") event.preventDefault();
    else if (/^[,.;:!?)]$/.test(key)) { field.setSelectionRange(spaced - 1, spaced); }
  });
  let asked = 0, called = null; // who was chosen last is not asked about again
  const look = async (field) => {
    const holder = field.closest("[data-meant]"), name = typedName(field);
    if (!holder || !name) { close(); return; }
    const turn = ++asked;
    let html = "";
    try {
      const answer = await fetch(`${holder.dataset.meant}?q=${encodeURIComponent(name.text)}`, { headers: { "HX-Request": "true", "HX-Target": "div#mentionable-box" } });
      if (!answer.ok) return;
      html = await answer.text();
    } catch { return; }
    if (turn !== asked || document.activeElement !== field) return;
    const parsed = new DOMParser().parseFromString(html, "text/html").querySelector("[role=listbox]");
    if (!parsed || !parsed.children.length) { close(); return; }
    if (calling?.field !== field) {
      close();
      const box = document.createElement("div");
      box.className = "mentionable";
      holder.append(box);
      calling = { field, box };
      // A field of several lines may not have the role of a combobox; how many there are to choose from is said instead.
      field.setAttribute("aria-autocomplete", "list");
      field.setAttribute("aria-haspopup", "listbox");
      field.setAttribute("aria-controls", "mentionable");
    }
    calling.from = name.from;
    calling.box.replaceChildren(parsed);
    document.getElementById("spoken").textContent = parsed.dataset.count;
    mark(0);
  };
  let soon = 0;
  document.addEventListener("input", (event) => {
    if (event.target.tagName !== "TEXTAREA" || !event.target.closest("[data-meant]") || event.isComposing) return;
    clearTimeout(soon);
    const name = typedName(event.target);
    const known = called?.field === event.target && called.from === name?.from && name.text.startsWith(called.handle);
    if (!name || known) { asked++; close(); return; }
    soon = setTimeout(() => look(event.target), 120);
  });
  document.addEventListener("keydown", (event) => {
    if (!calling || event.target !== calling.field || event.isComposing) return;
    const does = {
      ArrowDown: () => mark(calling.at + 1), ArrowUp: () => mark(calling.at - 1), Enter: () => choose(options()[calling.at]), Tab: () => choose(options()[calling.at]),
      Escape: () => { asked++; close(); },
    }[event.key];
    if (!does || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    does();
  }, true);
  document.addEventListener("pointerdown", (event) => {
    const option = event.target.closest?.(".mentionable [role=option]");
    if (option && calling) { event.preventDefault(); }
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest?.(".mentionable [role=option]");
    if (option && calling) { event.preventDefault(); choose(option); } else if (calling && event.target !== calling.field) close();
  });
  document.addEventListener("focusout", (event) => { if (calling && event.target === calling.field) setTimeout(() => { if (document.activeElement !== calling?.field) close(); }, 150); });
})();
