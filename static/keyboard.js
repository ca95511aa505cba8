// What keys do beyond what a browser does with them. The single keys / and ? can be turned off, and none is taken from a field.
// In a block, so that its names are its own: the page of the API has a script with a `button`, too.
{
  const isTyping = (target) => target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
  const isPlain = (event) => !(event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey);

  // Escape closes what is open and gives the focus back to what opened it: a menu, the claims of a cell, a drawer. A click
  // elsewhere closes a menu, too, and the one in the head also when the focus leaves it.
  const menus = "details.menu[open], .mast details[open]";
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    // A browser closes dialogs and definitions by itself, and empties a search box.
    if (event.key !== "Escape" || !isPlain(event) || target.closest("dialog") || document.querySelector("#meaning:popover-open") || (target.type === "search" && target.value)) return;
    const menu = target.closest(menus) ?? document.querySelector(menus);
    const drawer = document.getElementById(target.closest(".controls") ? "fold-filters" : "fold-weights");
    const cell = target.closest("#opened, .grid .open") ? document.querySelector(".grid .open") : target.closest("td:has(> .cell-evidence)")?.querySelector(".cell");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (cell) {
      cell.focus();
      cell.click();
    } else if (target.closest(".controls, .weights") && drawer?.checked && drawer.checkVisibility()) {
      drawer.checked = false;
      drawer.focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(menus)) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.querySelector(".mast details")?.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false;
  });

  // Arrow keys lead from cell to cell. In the matrix, which has hundreds, a row is a single stop of the Tab key.
  const stops = (row) => [...row.querySelectorAll(":scope > .name :is(input, a), :scope > :is(th, td) > a:only-child, :scope > td > .cell")];
  const rove = (row, current) => {
    for (const stop of stops(row)) stop.tabIndex = stop === current ? 0 : -1;
  };
  const roveAll = () => {
    for (const row of document.querySelectorAll(".grid :is(.heads, tr:has(> .name))")) {
      const own = stops(row);
      rove(row, own.find((stop) => stop === document.activeElement) ?? own[0]);
    }
  };
  roveAll();
  document.addEventListener("rows:added", roveAll);
  document.addEventListener("focusin", ({ target }) => {
    const row = target.closest(".grid tr");
    if (row && stops(row).includes(target)) rove(row, target);
  });
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const row = target.closest(":is(.grid, .versus) tr");
    if (!row || !isPlain(event) || event.shiftKey) return;
    const shown = stops(row).filter((stop) => stop.checkVisibility());
    const place = shown.indexOf(target);
    if (place < 0) return;
    let next = { ArrowLeft: shown[place - 1], ArrowRight: shown[place + 1], Home: shown[0], End: shown.at(-1) }[key];
    if (key === "ArrowUp" || key === "ArrowDown") {
      const column = (stop) => stop.closest("th, td").cellIndex;
      const abreast = (line) => stops(line).filter((stop) => column(stop) === column(target) && stop.checkVisibility());
      const rows = [...row.closest("table").rows];
      const ahead = key === "ArrowDown" ? rows.slice(row.rowIndex + 1) : rows.slice(0, row.rowIndex).reverse();
      const other = ahead.map(abreast).find((own) => own.length);
      next = other?.[abreast(row).indexOf(target)] ?? other?.at(-1);
    }
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  // A slash leads to the search; Escape leads back to where one was. A question mark shows the keys.
  const root = document.documentElement;
  const remembered = (read) => {
    try {
      return read();
    } catch {
      return null; // The choice then lasts for this page only.
    }
  };
  root.classList.toggle("no-keys", remembered(() => localStorage.getItem("keys")) === "off");
  let left = null;
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (!isPlain(event)) return;
    const box = document.getElementById("seek");
    if (key === "Escape" && target === box) {
      event.preventDefault(); // What was typed stays.
      box.blur();
      left?.focus({ preventScroll: true });
    } else if ((key === "/" || key === "?") && !isTyping(target) && !root.matches(".no-keys") && !document.querySelector("dialog[open]")) {
      if (key === "?") showKeys();
      if (key === "/" && !box) return;
      event.preventDefault();
      if (key === "?") return;
      left = document.activeElement;
      const shown = box.checkVisibility?.() === false ? document.querySelector(".seek-link") : box;
      shown.focus();
      box.select();
    }
  });

  const KEYS = [
    ["/", "Go to the search box"],
    ["?", "Show these keys"],
    ["Tab", "Go to the next control; in the matrix, to the next row"],
    ["← → ↑ ↓", "In a table, go from cell to cell"],
    ["Home, End", "In a table, go to the first or the last cell of the row"],
    ["Enter", "Open or close the claims behind a score"],
    ["Space", "Select the row"],
    ["Esc", "Close what is open and go back to what opened it"],
  ];
  const showKeys = () => {
    const dialog = Object.assign(document.createElement("dialog"), { className: "keys" });
    dialog.setAttribute("aria-labelledby", "keys");
    const lines = KEYS.map(([key, use]) => `<div><dt><kbd>${key}</kbd></dt><dd>${use}</dd></div>`).join("");
    dialog.innerHTML = `<h2 id="keys">Keyboard</h2><dl class="facts">${lines}</dl><form method="dialog"><label class="tick"><input type="checkbox" autofocus> Use the single keys / and ?</label><button class="button quiet">Close</button></form>`;
    const box = dialog.querySelector("input");
    box.checked = !root.matches(".no-keys");
    box.addEventListener("change", () => {
      root.classList.toggle("no-keys", !box.checked);
      remembered(() => (box.checked ? localStorage.removeItem("keys") : localStorage.setItem("keys", "off")));
    });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };
  const button = Object.assign(document.createElement("button"), { className: "link", type: "button", textContent: "Keyboard" });
  button.addEventListener("click", showKeys);
  const item = document.createElement("li");
  item.append(button);
  document.querySelector(".foot ul")?.append(item);
}
