// The grid: frameworks × criteria, typed in like a spreadsheet. Listeners stand on the table, none on its cells, so that
// 8,000 cells cost no more than one. What is typed waits in `pending` until it is saved; what stands is in the cells.
(() => {
  const table = document.querySelector("#grid");
  if (!table) return;
  const get = (selector, root = document) => root.querySelector(selector);
  const region = get("#region");
  const panel = get("#panel");
  const save = get("#save");
  const clashList = get("#clashes");
  const heads = [...table.tHead.rows[1].cells].slice(1);
  const lines = [...table.tBodies[0].rows];
  const rows = lines.map((line) => [...line.cells].slice(1));
  const mayChange = "mayChange" in table.dataset;
  const mayAdd = "mayAdd" in table.dataset;

  const LABELS = { score: "Score", verdict: "Verdict", rationale: "Rationale", is_published: "Published" };
  const CELLS_MAX = 8000;
  const VERDICT_MAX = 80;
  const NOT_A_SCORE = "A score is 1, 2, 3, 4 or 5.";
  const pending = new Map(); // cell → the fields that this editor changed, and a reason of its own
  const clashes = new Map(); // cell → what the server said of it
  const problems = new Map(); // cell → why it was not saved
  let queued = []; // claims to be added: {cell, values}
  const drafts = new Map(); // cell → the fields of a claim that is being typed
  let done = []; // steps to undo: each a list of [cell, before, after]
  let undone = [];
  let isBusy = false;
  let isReady = false; // the draft of another time is read, and may be written over

  // Cells

  const place = (cell) => [cell.parentElement.sectionRowIndex, cell.cellIndex - 1];
  const slugs = (cell) => ({
    framework: cell.parentElement.dataset.framework,
    criterion: heads[cell.cellIndex - 1].dataset.criterion,
  });
  const name = (cell) => `${cell.parentElement.cells[0].firstElementChild.textContent}, ${heads[cell.cellIndex - 1].textContent}`;
  const rowOf = new Map(rows.map((cells, index) => [lines[index].dataset.framework, cells]));
  const columnOf = new Map(heads.map((head, index) => [head.dataset.criterion, index]));
  const find = (framework, criterion) => rowOf.get(framework)?.[columnOf.get(criterion)];
  const claimsToAdd = (cell) => queued.filter((claim) => claim.cell === cell).length;
  const standing = ({ dataset }) => ({
    version: dataset.version ? Number(dataset.version) : null,
    score: dataset.score ? Number(dataset.score) : null,
    verdict: dataset.verdict ?? "",
    is_published: "published" in dataset,
  });
  const wanted = (cell) => {
    const now = standing(cell);
    // A new rating is published when there is a claim to publish it on.
    if (!now.version) now.is_published = Number(cell.dataset.claims ?? 0) + claimsToAdd(cell) > 0;
    return { ...now, ...pending.get(cell) };
  };
  const text = ({ score, verdict }) => [score ?? "", verdict].filter(Boolean).join(" ");
  const isEditable = (cell) => (cell.dataset.version ? mayChange : mayAdd);

  /** What a new rating still lacks. */
  const needs = (cell) => {
    const change = pending.get(cell);
    if (!change || cell.dataset.version) return "";
    const lacking = ["score", "verdict", "rationale"].find((field) => !change[field]);
    return lacking ? `needs a ${lacking}` : "";
  };

  /** The change without what stands so already; null when nothing is left of it. */
  const tidy = (cell, change) => {
    if (!change) return null;
    const now = standing(cell);
    const isNew = !now.version;
    const kept = Object.entries(change).filter(([field, value]) => {
      if (field === "is_published" && isNew) return true;
      return value !== now[field] && !(value === "" && (isNew || field === "reason"));
    });
    const counts = (field) => field !== "reason" && !(isNew && field === "is_published");
    return kept.some(([field]) => counts(field)) ? Object.fromEntries(kept) : null;
  };

  const notes = (cell) => {
    const change = pending.get(cell);
    const now = standing(cell);
    const said = [];
    if (change && !now.version) said.push("new");
    if (change && now.version && "score" in change) said.push(`was ${now.score}`);
    if (change && now.version && "verdict" in change) said.push("verdict changed");
    if (change && now.version && "rationale" in change) said.push("rationale changed");
    if (change && now.version && "is_published" in change) said.push(change.is_published ? "to be published" : "to be unpublished");
    if (needs(cell)) said.push(needs(cell));
    const claims = claimsToAdd(cell);
    if (claims) said.push(`${claims} claim${claims === 1 ? "" : "s"} to add`);
    // First: the end of a long note is cut off.
    if (clashes.has(cell)) said.unshift("changed by somebody else");
    else if (problems.has(cell)) said.unshift("not saved");
    return said;
  };

  const render = (cell) => {
    const box = cell.firstElementChild;
    const small = box.lastElementChild;
    cell.dataset.note ??= small.textContent;
    const said = notes(cell);
    const want = wanted(cell);
    cell.classList.toggle("changed", said.length > 0);
    cell.classList.toggle("wanting", Boolean(needs(cell)) || clashes.has(cell) || problems.has(cell));
    small.textContent = said.join(", ") || cell.dataset.note;
    if (!text(want)) {
      box.replaceChildren(small);
      return;
    }
    const words = document.createElement("p");
    const score = document.createElement("b");
    score.textContent = want.score ?? "";
    words.append(score, ` ${want.verdict}`);
    box.replaceChildren(words, small);
  };

  /** Puts into a cell what the server says of it. */
  const stand = (cell, now) => {
    for (const field of ["version", "score", "verdict", "published", "claims", "disputed", "due", "objections", "note"]) {
      if (now[field] === undefined) delete cell.dataset[field];
      else cell.dataset[field] = now[field];
    }
  };

  const say = (sentence) => {
    get("#said").textContent = sentence;
  };

  // Changes, and taking them back

  const put = (cell, change) => {
    if (change) pending.set(cell, change);
    else pending.delete(cell);
    problems.delete(cell);
    render(cell);
  };

  const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

  /** Keeps what is not saved yet on this machine. */
  const keepDraft = () => {
    const claims = (list) => list.map(({ cell, values }) => ({ ...slugs(cell), values }));
    const ratings = [...pending].map(([cell, change]) => ({ ...slugs(cell), change }));
    const typed = claims([...drafts].map(([cell, values]) => ({ cell, values })));
    const kept = { ratings, claims: claims(queued), typed, reason: get("[name=reason]", save).value };
    if (ratings.length || queued.length || typed.length) window.deskDrafts?.write(kept);
    else window.deskDrafts?.clear();
  };

  const refresh = () => {
    if (save && isReady) keepDraft();
    if (save) {
      const button = get("[type=submit]", save);
      const number = pending.size + queued.length;
      button.disabled = isBusy || !number;
      const verb = "proposes" in save.dataset ? "Propose" : "Save";
      button.textContent = isBusy ? "Saving" : number ? `${verb} ${count(number, "change")}` : "Nothing to save";
      get("[data-do=undo]", save).disabled = isBusy || !done.length;
      get("[data-do=redo]", save).disabled = isBusy || !undone.length;
    }
    if (shown) fill();
  };

  const difference = (cell, before) => {
    const now = { ...standing(cell), ...before };
    const want = { ...standing(cell), ...pending.get(cell) };
    const said = [];
    if (now.score !== want.score) said.push(`${now.score ?? "empty"} to ${want.score ?? "empty"}`);
    if (now.verdict !== want.verdict) said.push(`“${now.verdict || "empty"}” to “${want.verdict || "empty"}”`);
    if (standing(cell).version && now.is_published !== want.is_published) said.push(want.is_published ? "to be published" : "to be unpublished");
    if (now.rationale !== want.rationale) said.push("rationale changed");
    if (needs(cell)) said.push(needs(cell));
    return `${name(cell)}: ${said.join(", ") || "no change"}`;
  };

  const apply = (step, way, prefix = "") => {
    const [from, to] = way === "undo" ? [2, 1] : [1, 2];
    for (const edit of step) put(edit[0], edit[to]);
    refresh();
    say(prefix + (step.length === 1 ? difference(step[0][0], step[0][from]) : `${count(step.length, "cell")} changed.`));
  };

  /** Takes changes of cells, `[cell, change]` each, as one step. Returns how many cells it touches. */
  const take = (edits) => {
    const step = edits
      .map(([cell, change]) => [cell, pending.get(cell) ?? null, tidy(cell, change)])
      .filter(([, before, after]) => JSON.stringify(before) !== JSON.stringify(after));
    if (!step.length) return 0;
    done.push(step);
    undone = [];
    apply(step, "redo");
    return step.length;
  };

  const travel = (from, to, way) => {
    if (isBusy || !from.length) return;
    const step = from.pop();
    to.push(step);
    apply(step, way, way === "undo" ? "Undone. " : "Redone. ");
    if (shown && panel.contains(document.activeElement)) return;
    go(...place(step[0][0]));
  };
  const undo = () => travel(done, undone, "undo");
  const redo = () => travel(undone, done, "redo");

  /** Reads what was typed or pasted: `4`, `4 Good enough`, `Good enough`. Gives fields, or a sentence why not. */
  const read = (typed) => {
    const words = typed.replace(/\s+/g, " ").trim();
    const [, score, verdict] = /^([1-5])(?: (.*))?$/.exec(words) ?? [null, null, words];
    if (!score && /^[-+]?\d[\d.,]*( |$)/.test(words)) return { problem: NOT_A_SCORE };
    if (verdict && verdict.length > VERDICT_MAX) return { problem: `A verdict has at most ${VERDICT_MAX} characters; this has ${verdict.length}.` };
    return { fields: { ...(score && { score: Number(score) }), ...(verdict && { verdict }) } };
  };

  /** Why nothing can be typed into a cell just now; empty when something can. */
  const obstacle = (cell) => {
    if (isBusy) return "Your changes are being saved.";
    if (!isEditable(cell)) return cell.dataset.version ? "You do not have permission to change ratings." : "You do not have permission to add ratings.";
    return clashes.has(cell) ? "Somebody else has changed this cell. First choose which values to keep." : "";
  };

  // Moving and selecting

  let active = rows[0][0];
  let anchor = [0, 0];
  let block = [0, 0, 0, 0];

  const inside = ([top, left, bottom, right], r, c) => r >= top && r <= bottom && c >= left && c <= right;
  const each = ([top, left, bottom, right], visit) => {
    for (let r = top; r <= bottom; r += 1) for (let c = left; c <= right; c += 1) visit(rows[r][c], r, c);
  };
  const blockCells = () => {
    const cells = [];
    each(block, (cell) => cells.push(cell));
    return cells;
  };

  const select = (next) => {
    const last = block;
    const isMany = next[0] !== next[2] || next[1] !== next[3];
    // Only what differs is touched.
    each(last, (cell, r, c) => {
      if (!isMany || !inside(next, r, c)) cell.removeAttribute("aria-selected");
    });
    if (isMany) {
      each(next, (cell) => {
        if (!cell.ariaSelected) cell.setAttribute("aria-selected", "true");
      });
    }
    block = next;
  };

  const go = (r, c, { extend = false, focus = true } = {}) => {
    const row = Math.min(Math.max(r, 0), rows.length - 1);
    const column = Math.min(Math.max(c, 0), heads.length - 1);
    active.removeAttribute("tabindex");
    active = rows[row][column];
    active.tabIndex = 0;
    if (!extend) anchor = [row, column];
    select([Math.min(anchor[0], row), Math.min(anchor[1], column), Math.max(anchor[0], row), Math.max(anchor[1], column)]);
    if (!extend && get("#said").textContent.endsWith(" selected")) say("");
    if (!focus) return;
    active.focus({ preventScroll: true });
    active.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (extend) say(`${block[2] - block[0] + 1} × ${block[3] - block[1] + 1} cells selected`);
  };

  const page = () => Math.max(1, Math.floor(region.clientHeight / active.offsetHeight) - 2);
  const END = Number.MAX_SAFE_INTEGER;
  const MOVES = {
    ArrowUp: (r, c) => [r - 1, c],
    ArrowDown: (r, c) => [r + 1, c],
    ArrowLeft: (r, c) => [r, c - 1],
    ArrowRight: (r, c) => [r, c + 1],
    Home: (r, c, isFar) => [isFar ? 0 : r, 0],
    End: (r, c, isFar) => [isFar ? END : r, END],
    PageUp: (r, c) => [r - page(), c],
    PageDown: (r, c) => [r + page(), c],
  };

  // Editing in place

  const editor = document.createElement("input");
  editor.id = "editor";
  editor.autocomplete = "off";
  editor.spellcheck = true;
  let edited = null;

  const edit = (value) => {
    const why = obstacle(active);
    if (why) {
      say(`${name(active)}: ${why}`);
      return;
    }
    edited = active;
    editor.value = value;
    editor.setAttribute("aria-label", name(edited));
    edited.firstElementChild.append(editor);
    editor.focus({ preventScroll: true });
    edited.removeAttribute("tabindex"); // nothing to be reached beneath the field
    edited.scrollIntoView({ block: "nearest", inline: "nearest" });
    editor.setSelectionRange(value.length, value.length);
  };

  const leave = () => {
    edited.tabIndex = 0;
    edited = null;
    editor.remove();
    editor.removeAttribute("aria-invalid");
  };

  /** Takes what was typed. False when it says nothing that a cell can hold. */
  const commit = () => {
    const cell = edited;
    const { fields, problem } = read(editor.value);
    if (problem) {
      editor.setAttribute("aria-invalid", "true");
      say(`${name(cell)}: not accepted. ${problem}`);
      return false;
    }
    leave();
    if (!Object.keys(fields).length) say(`${name(cell)}: unchanged. Press Delete to mark a rating to be unpublished.`);
    else if (!take([[cell, { ...pending.get(cell), ...fields }]])) say(`${name(cell)}: no change`);
    return true;
  };

  const editorKey = (event) => {
    if (event.isComposing) return;
    const [r, c] = place(edited);
    const isFar = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") {
      event.preventDefault();
      leave();
      go(r, c);
      say(`${name(active)}: unchanged`);
    } else if (event.key === "Enter" && isFar) {
      event.preventDefault();
      if (commit()) openPanel(active);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (commit()) go(event.shiftKey ? r - 1 : r + 1, c);
    } else if (event.key === "Tab") {
      event.preventDefault();
      if (commit()) go(r, event.shiftKey ? c - 1 : c + 1);
    }
  };

  editor.addEventListener("blur", () => {
    if (!edited) return;
    if (!commit()) leave();
  });

  const clear = () => {
    const edits = [];
    const refused = [];
    for (const cell of blockCells()) {
      const now = standing(cell);
      if (obstacle(cell)) refused.push(cell);
      else if (!now.version) edits.push([cell, null]);
      else if (now.is_published) edits.push([cell, { ...pending.get(cell), is_published: false }]);
      else if (pending.get(cell)?.is_published) edits.push([cell, { ...pending.get(cell), is_published: false }]);
    }
    if (!take(edits)) say(refused.length ? `${name(refused[0])}: ${obstacle(refused[0])}` : "There is no published rating here.");
  };

  const tableKey = (event) => {
    const isFar = event.ctrlKey || event.metaKey;
    const [r, c] = place(active);
    if (MOVES[event.key] && !event.altKey) {
      event.preventDefault();
      const [row, column] = MOVES[event.key](r, c, isFar);
      go(row, column, { extend: event.shiftKey });
    } else if (event.key === "Enter" && isFar) {
      event.preventDefault();
      openPanel(active);
    } else if (event.key === "Enter" || event.key === "F2" || event.key === " ") {
      event.preventDefault();
      edit(text(wanted(active)));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      clear();
    } else if (event.key === "Escape") {
      go(r, c);
    } else if (event.key.length === 1 && !isFar && !event.altKey) {
      event.preventDefault();
      edit(event.key);
    }
  };

  table.addEventListener("keydown", (event) => {
    if (event.target === editor) editorKey(event);
    else if (event.target === active) tableKey(event);
  });

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  });

  // The mouse

  let isDragging = false;
  table.addEventListener("mousedown", (event) => {
    const cell = event.target.closest("tbody td");
    if (!cell || event.button !== 0 || event.target === editor) return;
    event.preventDefault();
    if (edited) editor.blur();
    isDragging = true;
    go(...place(cell), { extend: event.shiftKey });
  });
  table.addEventListener("mouseover", (event) => {
    const cell = isDragging && event.target.closest("tbody td");
    if (cell && cell !== active) go(...place(cell), { extend: true });
  });
  window.addEventListener("mouseup", () => {
    isDragging = false;
  });
  table.addEventListener("dblclick", (event) => {
    if (event.target !== editor && event.target.closest("tbody td") === active) edit(text(wanted(active)));
  });

  // Copy and paste, as tab-separated values

  const isHere = () => document.activeElement === active && !edited;

  const quote = (value) => (/["\t\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

  /** The rows of a block as a spreadsheet writes them: cells in quotes may hold tabs, line ends and doubled quotes. */
  const unquote = (value) => {
    const found = [[""]];
    const cells = value.replace(/\r\n?/g, "\n").replace(/\n$/, "").matchAll(/("(?:[^"]|"")*"(?=[\t\n]|$)|[^\t\n]*)([\t\n]|$)/g);
    let wasLast = false;
    for (const [, cell, end] of cells) {
      if (wasLast) break;
      const line = found.at(-1);
      line[line.length - 1] = cell.startsWith('"') && cell.length > 1 ? cell.slice(1, -1).replaceAll('""', '"') : cell;
      if (end === "\t") line.push("");
      else if (end === "\n") found.push([""]);
      else wasLast = true;
    }
    return found;
  };

  document.addEventListener("copy", (event) => {
    if (!isHere()) return;
    const [top, left, bottom, right] = block;
    const copied = rows.slice(top, bottom + 1).map((cells) => cells.slice(left, right + 1).map((cell) => quote(text(wanted(cell)))).join("\t"));
    event.clipboardData.setData("text/plain", copied.join("\n"));
    event.preventDefault();
    say(`${count(blockCells().length, "cell")} copied`);
  });

  /** Where each pasted value goes: one value fills the block, a table is laid from its corner. */
  const laid = (values) => {
    const [top, left] = block;
    if (values.length === 1 && values[0].length === 1) return { pairs: blockCells().map((cell) => [cell, values[0][0]]), outside: 0 };
    const pairs = [];
    let outside = 0;
    values.forEach((line, r) =>
      line.forEach((value, c) => {
        const cell = rows[top + r]?.[left + c];
        if (cell) pairs.push([cell, value]);
        else if (value) outside += 1;
      }),
    );
    return { pairs, outside };
  };

  document.addEventListener("paste", (event) => {
    if (!isHere()) return;
    event.preventDefault();
    const values = unquote(event.clipboardData.getData("text/plain"));
    const { pairs, outside } = laid(values);
    const edits = [];
    const refused = [];
    for (const [cell, value] of pairs) {
      const { fields, problem } = read(value);
      const why = problem || (Object.keys(fields ?? {}).length ? obstacle(cell) : "");
      if (why) refused.push(`${name(cell)}: ${why}`);
      else if (Object.keys(fields).length) edits.push([cell, { ...pending.get(cell), ...fields }]);
    }
    const taken = take(edits);
    const [top, left] = block;
    if (values.length > 1 || values[0].length > 1) {
      go(top, left);
      go(top + values.length - 1, left + Math.max(...values.map((line) => line.length)) - 1, { extend: true });
    }
    const said = [`${count(taken, "cell")} changed by pasting.`];
    if (outside) said.push(`${count(outside, "value")} did not fit in the grid.`);
    if (refused.length) said.push(`${refused.length} not accepted. ${refused.slice(0, 3).join(" ")}`);
    say(said.join(" "));
  });

  // The cell beside the grid

  let shown = null;
  const values = () => get("#values", panel);
  const fields = () => Object.fromEntries([...values().querySelectorAll("[name]")].map((field) => [field.name, field]));

  const fill = () => {
    if (!values()) return;
    const { score, verdict, rationale, is_published, reason } = fields();
    const want = wanted(shown);
    score.value = want.score ?? "";
    verdict.value = want.verdict;
    rationale.value = want.rationale ?? values().dataset.rationale ?? "";
    is_published.checked = want.is_published;
    if (pending.has(shown)) reason.value = want.reason ?? "";
    get("[data-do=drop]", panel).disabled = !pending.has(shown);
    const problem = get(".problem", panel);
    problem.textContent = problems.get(shown) ?? "";
    problem.hidden = !problem.textContent;
    fillQueue();
  };

  const fillQueue = () => {
    const list = get("#queued", panel);
    list.replaceChildren(
      ...queued
        .filter((claim) => claim.cell === shown)
        .map((claim) => {
          const item = document.createElement("li");
          const said = document.createElement("p");
          const { source, line, term, paraphrase } = claim.values;
          said.textContent = `${term ? `“${term}” ` : ""}${paraphrase}`;
          const cite = document.createElement("span");
          cite.className = "cite";
          cite.textContent = `${source}, line ${line}. To be added.${claim.problem ? ` ${claim.problem}` : ""} `;
          const remove = document.createElement("button");
          remove.type = "button";
          remove.textContent = "Remove";
          remove.setAttribute("aria-label", `Remove the claim from ${source}, line ${line}`);
          remove.addEventListener("click", () => {
            queued = queued.filter((other) => other !== claim);
            render(claim.cell);
            refresh();
            get("h2", panel).focus();
            say("The claim will not be added.");
          });
          item.append(said, cite, remove);
          return item;
        }),
    );
    list.hidden = !list.children.length;
  };

  const openPanel = async (cell, note = "") => {
    if (cell !== active) go(...place(cell), { focus: false });
    shown = cell;
    const { framework, criterion } = slugs(cell);
    let answer;
    try {
      answer = await fetch(`${table.dataset.address}cell/${framework}/${criterion}/`);
    } catch {
      answer = { ok: false };
    }
    if (shown !== cell) return;
    if (!answer.ok || answer.redirected) {
      shown = null;
      say(answer.redirected ? SIGNED_OUT : "The cell could not be opened. Try again in a moment.");
      return;
    }
    panel.innerHTML = await answer.text();
    panel.hidden = false;
    const { score, verdict, rationale, is_published, reason } = fields();
    if (!isEditable(cell)) for (const field of [score, verdict, rationale, is_published, reason]) field.disabled = true;
    get(".clash-note", panel).textContent = note;
    get(".clash-note", panel).hidden = !note;
    fill();
    fillDraft();
    get("h2", panel).focus();
    // The grid has become narrower.
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    panel.scrollIntoView({ block: "nearest" });
  };

  const closePanel = () => {
    // What is being typed there is taken first, as by going on to the next field.
    if (panel.contains(document.activeElement)) document.activeElement.blur();
    const cell = shown;
    shown = null;
    panel.hidden = true;
    panel.replaceChildren();
    if (cell) go(...place(cell));
  };

  panel.addEventListener("change", (event) => {
    if (!shown || !event.target.closest("#values")) return;
    const { score, verdict, rationale, is_published, reason } = fields();
    const field = event.target;
    const change = { ...pending.get(shown), reason: reason.value.trim() };
    const why = obstacle(shown) || (field === score && !/^[1-5]$/.test(score.value.trim()) && NOT_A_SCORE);
    if (why) {
      fill();
      const problem = get(".problem", panel);
      problem.textContent = `Not accepted. ${why}`;
      problem.hidden = false;
      return;
    }
    if (field === score) change.score = Number(score.value);
    if (field === verdict) change.verdict = verdict.value.replace(/\s+/g, " ").trim();
    if (field === is_published) change.is_published = is_published.checked;
    if (field === rationale) {
      if (rationale.value === (values().dataset.rationale ?? "")) delete change.rationale;
      else change.rationale = rationale.value.trim();
    }
    take([[shown, change]]);
  });

  // A claim half typed is kept while the panel shows another cell, or nothing.
  panel.addEventListener("input", (event) => {
    const form = event.target.closest("form");
    if (!form) return;
    const typed = [...new FormData(form)];
    if (["source", "line", "term", "paraphrase"].some((field) => form.elements[field].value)) drafts.set(shown, typed);
    else drafts.delete(shown);
  });

  const fillDraft = () => {
    const form = get("#add-claim form", panel);
    if (!form || !drafts.has(shown)) return;
    get("#add-claim", panel).open = true;
    for (const [field, value] of drafts.get(shown)) form.elements[field].value = value;
  };

  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isBusy) return;
    const form = event.target;
    queued.push({ cell: shown, values: Object.fromEntries([...new FormData(form)].map(([field, value]) => [field, value.trim()])) });
    form.reset();
    drafts.delete(shown);
    render(shown);
    refresh();
    say(`${name(shown)}: the claim will be added when you save.`);
  });

  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closePanel();
  });

  // Saving

  const SIGNED_OUT = "You have been signed out. Sign in again in another tab, then continue here. Nothing is lost.";
  const SIGN_IN = { href: table.dataset.desk, words: "Sign in in another tab", target: "_blank" };

  /** Tells what became of a save: sentences, each with the cell that it is about where there is one. */
  const tell = (sentences) => {
    const list = document.createElement("ul");
    for (const [sentence, cell, link] of sentences) {
      const item = document.createElement("li");
      item.append(sentence, " ");
      if (link) {
        const way = document.createElement("a");
        way.href = link.href;
        way.textContent = link.words;
        if (link.target) way.target = link.target;
        item.append(way);
      }
      if (cell) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = `Open ${name(cell)}`;
        button.addEventListener("click", () => openPanel(cell));
        item.append(button);
      }
      list.append(item);
    }
    get("#outcome").replaceChildren(list);
  };

  const asSent = (cell) => {
    const { score, verdict, rationale, is_published, reason } = { ...pending.get(cell) };
    const { version } = standing(cell);
    const isPublished = version ? is_published : wanted(cell).is_published;
    return { ...slugs(cell), seen: version, score, verdict, rationale, is_published: isPublished, reason };
  };

  const post = async (changes) => {
    const body = new FormData(save);
    body.set("changes", JSON.stringify(changes));
    // Signing in again in another tab has changed the token; the cookie has the one that holds.
    const token = /(?:^|; )(?:__Secure-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1];
    if (token) body.set("csrfmiddlewaretoken", token);
    try {
      const answer = await fetch(table.dataset.address, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.redirected) return { error: SIGNED_OUT, link: SIGN_IN };
      if (answer.status === 403) return { error: "You do not have permission to save here, or your session has ended. Nothing was saved, but nothing is lost." };
      if (answer.headers.get("Content-Type")?.startsWith("application/json")) return await answer.json();
      return { error: `The server did not accept the changes (${answer.status}). Nothing was saved, but nothing is lost.` };
    } catch {
      // Or its answer broke off: what is saved already is found to stand so when it is sent again.
      return { error: "The server did not answer. Nothing is lost. Try saving again." };
    }
  };

  /** Sorts what the server says of each cell and claim, and returns the sentences for it. */
  const sort = ({ outcomes, cells, proposal, is_repeated: isRepeated, undo, page }, sent) => {
    const sentences = [];
    let saved = 0;
    let same = 0;
    const kept = new Set();
    for (const outcome of outcomes) {
      const cell = find(outcome.framework, outcome.criterion);
      const isClaim = outcome.kind === "claim";
      const now = cells[`${outcome.framework}/${outcome.criterion}`];
      if (outcome.outcome === "refused") {
        sentences.push([`${name(cell)}${isClaim ? ", claim" : ""}: not saved. ${outcome.sentence}`, cell]);
        if (isClaim) {
          sent[outcome.index].problem = outcome.sentence;
          kept.add(sent[outcome.index]);
        } else problems.set(cell, outcome.sentence);
      } else if (outcome.outcome === "conflict") {
        clashes.set(cell, { ...outcome, now });
      } else {
        if (outcome.outcome === "saved") saved += 1;
        else same += 1;
        if (!isClaim) pending.delete(cell);
        if (!proposal) stand(cell, now);
      }
    }
    queued = queued.filter((claim) => kept.has(claim));
    for (const outcome of outcomes) render(find(outcome.framework, outcome.criterion));
    const number = proposal && /(\d+)(?!.*\d)/.exec(proposal)?.[1];
    // What it was taken up from has given way to it.
    if (proposal) get("[name=resumes]", save)?.remove();
    const proposed = isRepeated
      ? `You have proposed exactly this already, as proposal ${number}. Nothing was saved twice.`
      : `Saved as proposal ${number}. It changes nothing until a reviewer publishes it.`;
    if (proposal) sentences.unshift([proposed, null, { href: proposal, words: "Open the proposal" }]);
    else if (saved) sentences.unshift([`Saved ${count(saved, "change")}.`, null, undo && { href: undo, words: "Undo in another tab", target: "_blank" }]);
    else sentences.unshift([same ? "Nothing needed saving." : "Nothing was saved."]);
    if (saved && page && !proposal) sentences.push(["Readers see it now.", null, { href: page, words: "See it on the site", target: "_blank" }]);
    if (same) sentences.push([`${count(same, "change")} already saved.`]);
    if (clashes.size) sentences.push([`${count(clashes.size, "cell")} changed by somebody else. Choose above which values to keep.`]);
    return sentences;
  };

  const sendAll = async () => {
    const reason = get("[name=reason]", save);
    const leftOut = [];
    const ratings = [];
    for (const cell of pending.keys()) {
      if (needs(cell)) leftOut.push([`${name(cell)} was left out: it ${needs(cell)}.`, cell]);
      else if (clashes.has(cell)) leftOut.push([`${name(cell)} was left out: first choose which values to keep.`]);
      else ratings.push(asSent(cell));
    }
    for (const cell of drafts.keys()) leftOut.push([`${name(cell)}: the claim that you are typing has not been added yet.`, cell]);
    const sent = [...queued];
    const why = reason.value.trim() ? "" : "Give a reason for the change in one sentence. It is shown in the history beside your name.";
    if (why) reason.setAttribute("aria-invalid", "true");
    else reason.removeAttribute("aria-invalid");
    if (why || (!ratings.length && !sent.length) || ratings.length > CELLS_MAX) {
      tell(why ? [[why]] : leftOut.length ? leftOut : [[`Save at most ${CELLS_MAX} cells at a time.`]]);
      if (why) reason.focus();
      return;
    }
    isBusy = true;
    refresh();
    const claims = sent.map(({ cell, values }) => ({ ...slugs(cell), ...values }));
    const answer = await post({ reason: reason.value, ratings, claims });
    isBusy = false;
    if (answer.error) {
      tell([[answer.error, null, answer.link]]);
    } else {
      // What is saved is undone by reverting it, which is recorded too.
      done = [];
      undone = [];
      say(""); // “nothing is saved yet” is true no more
      tell([...sort(answer, sent), ...leftOut]);
      if (!pending.size && !queued.length) reason.value = "";
      if (shown && !panel.contains(document.activeElement)) closePanelQuietly();
      showClashes();
    }
    refresh();
    // A button that is switched off holds no focus: going on by keyboard goes on in the grid.
    if (!clashes.size && (document.activeElement === document.body || document.activeElement.disabled)) go(...place(active));
  };

  const closePanelQuietly = () => {
    shown = null;
    panel.hidden = true;
    panel.replaceChildren();
  };

  save?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (edited) editor.blur();
    if (!isBusy) sendAll();
  });

  // Cells that somebody else changed meanwhile

  const inWords = (value) => (typeof value === "boolean" ? (value ? "yes" : "no") : String(value ?? ""));
  const came = ({ base, theirs }) => (theirs ? (base ? "changed it" : "rated it") : "deleted it");

  const clashRow = (field, { base, theirs, mine }) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = LABELS[field];
    row.append(head);
    for (const [state, mark] of [[base, ""], [theirs, "theirs"], [mine, "mine"]]) {
      const cell = document.createElement("td");
      const words = inWords(state?.[field]);
      cell.textContent = words || "empty";
      const isOther = inWords(base?.[field]) !== words;
      if (mark && isOther) cell.className = mark;
      if (!words) cell.classList.add("nothing");
      row.append(cell);
    }
    return row;
  };

  const clashArticle = (cell, clash, index) => {
    const article = get("template#clash").content.firstElementChild.cloneNode(true);
    const head = get("h3", article);
    head.id = `clash-${index}`;
    head.textContent = name(cell);
    get(".step-by", article).textContent = `${clash.who} ${came(clash)}${clash.when ? ` on ${clash.when}` : ""}${clash.why ? `: “${clash.why}”` : ""}`;
    const differing = Object.keys(LABELS).filter((field) => new Set([clash.base, clash.theirs, clash.mine].map((state) => inWords(state?.[field]))).size > 1);
    get("tbody", article).append(...differing.map((field) => clashRow(field, clash)));
    for (const button of article.querySelectorAll("button")) {
      button.setAttribute("aria-describedby", head.id);
      button.addEventListener("click", () => settle(cell, button.dataset.way));
    }
    return article;
  };

  const showClashes = () => {
    for (const article of clashList.querySelectorAll("article")) article.remove();
    clashList.append(...[...clashes].map(([cell, clash], index) => clashArticle(cell, clash, index)));
    clashList.hidden = !clashes.size;
    if (clashes.size) get("h2", clashList).focus();
  };

  /** The fields that both changed, and differently. */
  const contested = ({ base, theirs }, change) =>
    Object.keys(LABELS).filter((field) => field in change && theirs && base?.[field] !== theirs[field] && change[field] !== theirs[field]);

  const settle = (cell, way) => {
    const clash = clashes.get(cell);
    // Of a deleted rating nothing is left to lie on: all of mine is needed. Otherwise only what I changed.
    const change = clash.theirs ? pending.get(cell) : { ...clash.mine, reason: pending.get(cell)?.reason ?? "" };
    clashes.delete(cell);
    stand(cell, clash.now);
    done = [];
    undone = [];
    put(cell, way === "theirs" ? null : tidy(cell, change));
    showClashes();
    refresh();
    if (way === "merge") {
      const both = contested(clash, change).map((field) => `${LABELS[field].toLowerCase()} (theirs: ${inWords(clash.theirs[field]) || "empty"})`);
      const note = both.length ? `Both of you changed ${both.join("; ")}. The field shows your value.` : "You changed different fields, so both changes are kept.";
      openPanel(cell, note);
    } else if (!clashes.size) go(...place(cell));
    if (!clashes.size) get("#outcome").replaceChildren();
    say(`${name(cell)}: ${way === "theirs" ? "their values are kept" : "your changes are kept. Save to keep them"}.`);
  };

  // Buttons

  const DEEDS = {
    undo,
    redo,
    panel: () => openPanel(active),
    close: closePanel,
    drop: () => {
      take([[shown, null]]);
      get("h2", panel).focus();
    },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("#content-main [data-do]");
    if (button) DEEDS[button.dataset.do]();
  });

  window.addEventListener("beforeunload", (event) => {
    if (pending.size || queued.length || drafts.size || edited) event.preventDefault();
  });

  active.tabIndex = 0;
  if (save) save.hidden = false;
  refresh();
  window.addEventListener("pagehide", () => save && isReady && keepDraft());

  // A proposal that is resumed

  const takeUp = ({ reason, ratings, claims, typed = [] }) => {
    const cellOf = ({ framework, criterion }) => find(framework, criterion);
    for (const claim of typed.filter(cellOf)) drafts.set(cellOf(claim), claim.values);
    queued = claims.filter(cellOf).map((claim) => ({ cell: cellOf(claim), values: claim.values }));
    const known = ratings.filter(cellOf);
    get("[name=reason]", save).value = reason;
    for (const { cell } of queued) render(cell);
    take(known.map((rating) => [cellOf(rating), rating.change]));
    refresh();
    const first = known[0] ?? claims.find(cellOf);
    if (first) go(...place(cellOf(first)));
    say(`Resumed: ${count(known.length, "cell")}, ${count(queued.length, "claim")}. Nothing is saved yet.`);
  };
  const takenUp = save && get("#taken-up", save);
  const draft = save && window.deskDrafts?.read();
  isReady = !draft?.ratings;
  if (takenUp) takeUp(JSON.parse(takenUp.textContent));
  else if (draft?.ratings) {
    const decide = (deed) => () => {
      isReady = true;
      deed();
    };
    window.deskDrafts.offer(draft, decide(() => takeUp(draft)), decide(keepDraft));
  }
})();
