// Moves facts that have a position, in their list and in rows below a form: by a handle, by buttons, by keyboard. The
// numbers follow and are saved as if they had been typed, which is what is done without this script.
(() => {
  const POSITION = "input[name$='-position']:not([name*='__prefix__'])";
  const SCOPES = ".field-group, .field-facet, .field-prompt";
  // A list that is sorted by something else shows no order to be changed.
  if (new URLSearchParams(location.search).has("o")) return;

  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");

  const order = (table) => {
    const rows = () => [...table.rows].filter((row) => row.querySelector(POSITION));
    const scopeOf = (row) => row.querySelector(SCOPES)?.textContent ?? "";
    const beside = (row) => rows().filter((other) => scopeOf(other) === scopeOf(row));
    const nameOf = (row) => row.querySelector("th, .original p")?.textContent.trim() || row.querySelector("input[type=text]")?.value || "row";

    const renumber = (moved) => {
      const inputs = beside(moved).map((row) => row.querySelector(POSITION));
      const numbers = inputs.map(({ value }) => Number(value) || 0).sort((a, b) => a - b);
      inputs.forEach((input, at) => {
        if (at && numbers[at] <= numbers[at - 1]) numbers[at] = numbers[at - 1] + 1;
        input.value = numbers[at];
      });
      inputs[0].dispatchEvent(new Event("input", { bubbles: true })); // kept as a draft
    };

    /** Moves its neighbour past the row, so that the row keeps the focus and the pointer. */
    const move = (row, step) => {
      const all = beside(row);
      const neighbour = all[all.indexOf(row) + step];
      if (neighbour) {
        if (step < 0) row.after(neighbour);
        else row.before(neighbour);
        renumber(row);
      }
      const now = beside(row);
      said.textContent = `${nameOf(row)}: ${now.indexOf(row) + 1} of ${now.length}`;
      row.scrollIntoView({ block: "nearest" });
      return Boolean(neighbour);
    };

    const button = (sign, label) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = sign;
      if (label) made.setAttribute("aria-label", label);
      return made;
    };

    const drag = (handle, row) => {
      const past = (step) => {
        const all = beside(row);
        return all[all.indexOf(row) + step]?.getBoundingClientRect();
      };
      handle.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        handle.setPointerCapture(event.pointerId);
        row.classList.add("moving");
      });
      handle.addEventListener("pointermove", ({ clientY }) => {
        if (!row.classList.contains("moving")) return;
        const [above, below] = [past(-1), past(1)];
        if (above && clientY < above.top + above.height / 2) move(row, -1);
        else if (below && clientY > below.top + below.height / 2) move(row, 1);
      });
      for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => row.classList.remove("moving"));
    };

    const all = rows();
    if (all.length < 2) return;
    for (const row of all) {
      const tools = document.createElement("span");
      tools.className = "order-tools";
      const handle = document.createElement("span");
      handle.className = "order-handle";
      handle.textContent = "⠿";
      handle.title = "Drag to move";
      handle.setAttribute("aria-hidden", "true");
      const up = button("↑", `Move ${nameOf(row)} up`);
      const down = button("↓", `Move ${nameOf(row)} down`);
      up.addEventListener("click", () => move(row, -1));
      down.addEventListener("click", () => move(row, 1));
      drag(handle, row);
      tools.append(handle, up, down);
      row.querySelector(POSITION).after(tools);
    }
    document.querySelector("#content-main").append(said);
  };
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("#result_list tbody, .tabular tbody").forEach(order));
})();
