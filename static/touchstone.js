// What the pages do beyond plain links and forms. All of it is a convenience: without it the same links and forms work.

// The words of a form by the names of its fields, as they are now or as the server wrote them.
const isTicked = (field) => /^(checkbox|radio)$/.test(field.type);
const wordsOf = (field, isWritten) => {
  if (isTicked(field)) return (isWritten ? field.defaultChecked : field.checked) ? [field.value] : [];
  if (field.tagName !== "SELECT") return [isWritten ? field.defaultValue : field.value];
  return [...field.options].filter((option) => (isWritten ? option.defaultSelected : option.selected)).map((option) => option.value);
};
const stateOf = (form, isWritten = false) => {
  const state = new Map();
  for (const field of form.elements) {
    if (!field.name || "local" in field.dataset || !field.matches("input, select")) continue;
    for (const word of wordsOf(field, isWritten)) if (word) state.set(field.name, [...(state.get(field.name) ?? []), word]);
  }
  return state;
};
// As each form was last written by the server. Links set fields, whose attributes then no longer say it.
const written = new Map();
const remember = (forms) => {
  for (const form of forms) written.set(form.id, stateOf(form, true));
};
remember(document.forms);

// What a link asks for together with what has not been answered yet: a tick, a text, or the link pressed just before.
const together = (form, url) => {
  const now = stateOf(form);
  const before = written.get(form.id) ?? now;
  const isSame = (some, others) => [...some].sort().join() === [...others].sort().join();
  for (const name of new Set([...now.keys(), ...before.keys()])) {
    const [has, had] = [now.get(name) ?? [], before.get(name) ?? []];
    if (isSame(has, had)) continue;
    const boxes = [...form.elements].filter((field) => field.name === name && isTicked(field)).map((field) => field.value);
    const isChoice = name === "criteria"; // as a whole; none are all
    let words = url.searchParams.getAll(name);
    if (isChoice && !words.length) words = boxes;
    if (isSame(words, had)) words = has;
    else if (!isChoice && (boxes.length || Math.max(has.length, had.length, words.length) > 1))
      words = [...has.filter((word) => words.includes(word) || !had.includes(word)), ...words.filter((word) => !had.includes(word) && !has.includes(word))];
    url.searchParams.delete(name);
    if (!isChoice || words.length < boxes.length) for (const word of words) url.searchParams.append(name, word);
  }
  return url;
};

// A link within a comparison swaps the comparison instead of loading the page. It stands in one queue with the form, so
// that no older answer comes after a newer one, and takes along what has not been answered yet.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap], .grid td > a, .heads a");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const form = link.closest("form");
  if (!form || !window.htmx) return;
  event.preventDefault();
  const url = together(form, new URL(link.href));
  // What is ticked or typed before the answer comes sends the form, which must not lose what the link has set.
  for (const field of form.querySelectorAll("input[type=hidden]:not([name=of])")) if (field.form === form) field.remove();
  const named = [...form.elements].filter((field) => field.name && !("local" in field.dataset));
  for (const field of named) {
    const words = url.searchParams.getAll(field.name);
    if (!isTicked(field)) field.value = words[0] ?? "";
    else field.checked = words.includes(field.value) || (field.name === "criteria" && !words.length);
  }
  for (const [name, word] of url.searchParams) {
    if (named.some((field) => field.name === name && (!isTicked(field) || field.value === word))) continue;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value: word }));
  }
  link.setAttribute("hx-sync", `#${form.id}:replace`);
  link.setAttribute("hx-indicator", "#progress");
  const swapped = htmx.ajax("GET", url.pathname + url.search, { source: link, target: form, swap: "outerMorph" });
  if (url.hash) swapped.then(() => document.querySelector(url.hash)?.scrollIntoView());
});

// Leaving a text field, and Enter in it, ask once more for what its input has asked already.
let asked = null;
document.addEventListener("htmx:config:request", (event) => {
  const { sourceElement, sourceEvent, request } = event.detail.ctx;
  const words = sourceElement.matches("form") ? JSON.stringify([...request.body].filter(([, word]) => word).sort()) : null;
  if (words && words === asked && sourceEvent.type !== "input") return event.preventDefault();
  asked = words;
});

// What a swap leaves to us. Checkboxes, selects and fields that a visitor has touched follow only the server's word in
// their attributes, so the properties are put right after each swap, except what changed since the request went out.
const value = (field) => (isTicked(field) ? field.checked : field.value);
const fields = (root) => root.querySelectorAll("input:not([data-local]), select:not([data-local])");
let sent = new Map();
let focusId = null;

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  sent = new Map([...fields(document)].map((field) => [field, value(field)]));
  typedIn = ctx.sourceEvent?.type === "input" ? ctx.sourceEvent.target.name : null;
});
document.addEventListener("htmx:before:swap", () => {
  const focused = document.activeElement;
  focusId = focused && focused !== document.body ? focused.id || focused.dataset.then || "table" : null;
});
document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  if (!ctx.response || ctx.response.status >= 400 || ctx.swap === "none") return;
  say("");
  if (cut) paintFirstWhatIsSeen(ctx.target);
  remember(ctx.target.matches("form") ? [ctx.target] : ctx.target.querySelectorAll("form"));
  for (const field of fields(ctx.target)) {
    if (sent.has(field) && sent.get(field) !== value(field)) continue;
    if (isTicked(field)) field.checked = field.defaultChecked;
    else if (field.tagName === "SELECT") for (const option of field.options) option.selected = option.defaultSelected;
    else if (field !== document.activeElement && field.value !== field.defaultValue) field.value = field.defaultValue;
  }
  // Browsers without moveBefore() lose the focus when a row moves. A link that is gone with what it removed leaves it to
  // the table.
  if (focusId && document.activeElement === document.body) (document.getElementById(focusId) ?? document.getElementById("table"))?.focus({ preventScroll: true });
  if (!cut) document.dispatchEvent(new Event("rows:added"));
});

// What of the matrix lies outside the window follows one frame later: fifty rows of forty cells take longer to be read,
// laid out and painted than to be answered. Rows are cut out of the answer before it is read, and put in by us, because
// nothing in them is for htmx; old ones leave the page together, those outside the window while the answer is awaited.
// Where a row has the focus, all of them are morphed.
const LEAST_HEIGHT = 60; // of a row, in pixels
const SPARE = 1; // for what may be lower after the swap than before
const bodies = () => document.querySelectorAll("table.grid > tbody");
const whatIsSeen = () => {
  const region = document.getElementById("table");
  const heads = [...document.querySelectorAll(".grid .heads th")];
  if (!heads.length) return { rows: Math.ceil(innerHeight / LEAST_HEIGHT), columns: 0, of: 0 };
  // Where all rows decide how wide a column is, as on a phone, none may be missing.
  if (getComputedStyle(region.querySelector("table")).tableLayout === "auto") return { rows: Infinity, columns: heads.length, of: heads.length };
  const { bottom, right } = region.getBoundingClientRect();
  const top = region.querySelector("tbody").getBoundingClientRect().top;
  return {
    // A frame that is scrolled stays full, or it would lose its place.
    rows: Math.ceil(((region.scrollTop ? Math.max(innerHeight, bottom) : innerHeight) - top) / LEAST_HEIGHT) + SPARE,
    columns: heads.filter((head) => head.getBoundingClientRect().left < right).length,
    of: heads.length,
  };
};
let cut = null; // the rows of the answer, and how many columns are painted first; null where htmx has the rows
let follow = () => {}; // completes the table; once
const isCut = (ctx) => ctx.target.matches?.("#matrix") && ![...bodies()].some((body) => body.contains(document.activeElement));
let hidden = []; // rows that are taken down already; back as soon as somebody scrolls, or if no answer comes
const showAgain = () => {
  for (const row of hidden) row.hidden = false;
  hidden = [];
};
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  setTimeout(() => {
    if (ctx.status !== "issuing" || !isCut(ctx)) return;
    follow();
    hidden = [...document.querySelectorAll(".grid > tbody > tr")].slice(whatIsSeen().rows);
    for (const row of hidden) row.hidden = true;
  });
});
document.addEventListener("htmx:finally:request", showAgain);
for (const name of ["scroll", "beforeprint"]) addEventListener(name, showAgain, true);
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  follow();
  cut = null;
  if (ctx.response.status >= 400 || !isCut(ctx)) return;
  const starts = [...ctx.text.matchAll(/<tr id="row-/g)].map((row) => row.index);
  if (!starts.length) return;
  const seen = whatIsSeen();
  const end = ctx.text.indexOf("</table>", starts.at(-1));
  const middle = starts[seen.rows] ?? end;
  cut = { ...seen, first: ctx.text.slice(starts[0], middle), rest: ctx.text.slice(middle, end) };
  // A tick that is not on the page could not be sent, and what a link leads to must be there.
  if (/ checked| id="opened"/.test(cut.rest)) cut = { ...cut, first: cut.first + cut.rest, rest: "" };
  ctx.text = ctx.text.slice(0, starts[0]) + ctx.text.slice(end);
});
document.addEventListener("htmx:before:swap", () => {
  if (!cut) return;
  for (const body of bodies()) body.remove();
  hidden = [];
});
const rowsOf = (text) => {
  const template = document.createElement("template");
  template.innerHTML = `<table><tbody>${text}`;
  return template.content.firstChild;
};
const putIn = (table, made) => {
  const [{ rows }, ...others] = made.tBodies;
  [...table.tBodies].at(-1).append(...rows);
  table.append(...others);
};
const paintFirstWhatIsSeen = (form) => {
  const table = form.querySelector("table.grid");
  const { columns, first, rest } = cut;
  const isSameWidth = form.querySelectorAll(".grid .heads th").length === cut.of;
  const made = rowsOf(first);
  const lines = isSameWidth ? [...made.rows].map((row) => [row, [...row.cells].slice(columns)]) : [];
  for (const [, cells] of lines) for (const cell of cells) cell.remove();
  putIn(table, made);
  follow = () => {
    follow = () => {};
    for (const [row, cells] of lines) row.append(...cells);
    if (rest) putIn(table, rowsOf(rest));
    if (rest) remember([form]);
    document.dispatchEvent(new Event("rows:added"));
  };
  requestAnimationFrame(() => requestAnimationFrame(() => follow()));
};

// A field for the name of a framework is given suggestions for what is typed in it.
let typing = null;
document.addEventListener("input", ({ target }) => {
  if (!target.dataset.names || !target.value.trim()) return;
  clearTimeout(typing);
  typing = setTimeout(async () => {
    const typed = target.value;
    try {
      const response = await fetch(`${target.dataset.names}?${new URLSearchParams({ q: typed })}`);
      const options = await response.text();
      if (response.ok && target.value === typed) target.list.innerHTML = options;
    } catch {
      // Without suggestions the whole name is typed.
    }
  }, 150);
});

// The history: one step for each choice, one for each stretch of typing, none for a repeat. htmx goes back only to
// steps that bear its stamp.
let typedIn = null;
let stepTypedIn = null;
const stamp = () => {
  if (!history.state?.htmx) history.replaceState({ htmx: true }, "", location.href);
};
stamp();
addEventListener("hashchange", stamp);
document.addEventListener("htmx:before:history:update", (event) => {
  const { response, history: step } = event.detail;
  if (response?.status >= 400) return event.preventDefault();
  const isSame = new URL(step.path, location.href).href === location.href;
  if (isSame || (typedIn && typedIn === stepTypedIn)) step.type = "replace";
  stepTypedIn = typedIn;
});
document.addEventListener("htmx:before:history:restore", () => {
  stepTypedIn = null;
});

// Trouble is said in words, and what stands on the page stays.
const say = (text) => {
  const trouble = document.getElementById("trouble");
  if (trouble) trouble.textContent = text;
};
document.addEventListener("htmx:response:error", (event) => {
  asked = null;
  const { request, response } = event.detail.ctx;
  if (request.headers["HX-History-Restore-Request"]) location.reload();
  else say(`The page could not be updated (error ${response.status}). It still shows the previous result.`);
});
document.addEventListener("htmx:error", (event) => {
  asked = null;
  if (event.detail.ctx) say("The server did not respond. The page still shows the previous result.");
});

// A link to a rating opens it.
const reveal = () => {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  const details = target && (target.matches("details") ? target : target.querySelector("details"));
  if (details) details.open = true;
};
reveal();
addEventListener("hashchange", reveal);

// Copies a text and says so beside the button, in its `.copy`. The text may be a promise: what a press asks for may
// arrive after it, and be copied all the same. Where the browser refuses, the text stands there, selected: in the field
// that has it, or in one made for it.
const copy = async (text, button, field) => {
  const place = button.closest(".copy");
  const said = place.querySelector("[data-said]");
  place.querySelector("[data-made]")?.remove();
  said.textContent = "";
  try {
    const blob = Promise.resolve(text).then((words) => new Blob([words], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    said.textContent = "Copied.";
  } catch {
    const value = await Promise.resolve(text).catch(() => "");
    if (!value) {
      said.textContent = "Not copied. Follow the link and copy the text from there.";
      return;
    }
    said.textContent = field ? "The browser did not allow copying. The text is selected for you to copy." : "The browser did not allow copying. Copy the text from here:";
    if (!field) {
      field = Object.assign(document.createElement("textarea"), { value, readOnly: true, rows: 2, ariaLabel: "Text to copy" });
      field.dataset.made = "";
      place.append(field);
    }
    field.focus();
    field.select();
  }
};
const fetched = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(response.statusText);
  return response.text();
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("button[data-copy-link]");
  if (link) copy(link.closest("li").querySelector("a").href, link);
  // The system's own sheet; whoever closes it has changed their mind.
  const shared = event.target.closest("button[data-share]");
  if (shared) navigator.share({ title: document.title, url: shared.closest("li").querySelector("a").href }).catch(() => {});
  const file = event.target.closest("button[data-copy-file]");
  if (file) copy(fetched(file.dataset.copyFile), file);
  const words = event.target.closest("button[data-copy-text]");
  if (words) copy(document.getElementById("readme").value, words);
  const shown = event.target.closest("button[data-copy-from]");
  if (shown) {
    const field = document.querySelector(shown.dataset.copyFrom);
    copy(field.value, shown, field);
  }
});

// What is offered to share can be seen beforehand, by whoever asks: a picture, the beginning of a file, an address.
const LINES = 8;
const MOST = 256 * 1024; // bytes that are read to count lines
const beginning = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(response.statusText);
  const reader = response.body.getReader();
  const parts = [];
  let size = 0;
  let isWhole = false;
  while (size < MOST && !isWhole) {
    const { done, value: part } = await reader.read();
    isWhole = done;
    if (part) size += part.length;
    if (part) parts.push(part);
  }
  reader.cancel();
  const lines = (await new Blob(parts).text()).trimEnd().split("\n");
  const shown = lines.slice(0, LINES);
  const extent = isWhole ? `${lines.length} line${lines.length === 1 ? "" : "s"}, ${Math.ceil(size / 1000)} kB` : `more than ${MOST / 1024} kB`;
  return [shown.map((line) => line.slice(0, 300)).join("\n"), lines.length > LINES ? `The first ${LINES} lines; in all ${extent}.` : `All of it: ${extent}.`];
};
const made = (tag, textContent) => Object.assign(document.createElement(tag), { textContent });
const offerPreviews = (panel) => {
  for (const link of panel.querySelectorAll("li > a")) {
    const item = link.parentElement;
    if (item.querySelector(".glimpse") || !(item.querySelector("[data-copy-link]") || /\.(md|csv|json|svg|png)$/.test(link.pathname))) continue;
    const preview = Object.assign(document.createElement("details"), { className: "glimpse" });
    const summary = made("summary", "Preview");
    summary.append(Object.assign(made("span", ` of ${link.textContent}`), { className: "vh" }));
    preview.append(summary);
    item.append(preview);
  }
};
const showPreview = async (preview) => {
  if (preview.children.length > 1) return;
  const link = preview.parentElement.querySelector("a");
  if (/\.(svg|png)$/.test(link.pathname)) {
    preview.append(Object.assign(new Image(), { src: link.href, alt: `The ${link.textContent} as it will be` }));
    return;
  }
  const text = made("pre", preview.parentElement.querySelector("[data-copy-link]") ? link.href : "…");
  text.tabIndex = 0; // it scrolls
  preview.append(text);
  if (text.textContent !== "…") return;
  try {
    const [words, extent] = await beginning(link.href);
    text.textContent = words;
    preview.append(made("small", extent));
  } catch {
    text.textContent = "The preview could not be loaded. The link leads to the file.";
  }
};
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.open && target.matches(".take")) offerPreviews(target);
    if (target.open && target.matches(".glimpse")) showPreview(target);
  },
  true,
);

// A term explains itself where it stands. Without this, and with a key held down, it leads to the glossary.
document.addEventListener("click", (event) => {
  const term = event.target.closest("a.term");
  if (!term || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || !term.showPopover) return;
  event.preventDefault();
  document.getElementById("meaning")?.remove();
  const meaning = Object.assign(document.createElement("div"), { id: "meaning", className: "meaning", popover: "auto", tabIndex: -1, autofocus: true });
  meaning.append(`${term.title} `, Object.assign(document.createElement("a"), { href: term.href, textContent: "Glossary" }));
  document.body.append(meaning); // out of reach of what styles its surroundings
  meaning.showPopover({ source: term }); // its place in the order of focus
  const { left, bottom } = term.getBoundingClientRect();
  meaning.style.left = `${Math.max(16, Math.min(left, document.documentElement.clientWidth - meaning.offsetWidth - 16)) + scrollX}px`;
  meaning.style.top = `${bottom + scrollY + 6}px`;
});

// The theme: as the system, light, dark, and round again.
const themes = ["system", "light", "dark"];
const themeSwitch = document.querySelector("[data-theme-switch]");
const showTheme = (theme) => {
  const words = { system: "same as the system", light: "light", dark: "dark" };
  themeSwitch.setAttribute("aria-label", `Colour theme: ${words[theme]}`);
  themeSwitch.title = `Colour theme: ${words[theme]}`;
};
if (themeSwitch) {
  const root = document.documentElement;
  showTheme(root.dataset.theme ?? "system");
  themeSwitch.hidden = false;
  themeSwitch.addEventListener("click", () => {
    const next = themes[(themes.indexOf(root.dataset.theme ?? "system") + 1) % themes.length];
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      if (next === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch {
      // The choice then lasts for this page only.
    }
    showTheme(next);
  });
}

// Prints the page.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
