// Names the autocomplete boxes: the stock widget leaves its stand-ins for the select without the select's label.
(() => {
  const name = (select) => {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const box = select.parentElement?.querySelector(".select2-selection");
    if (!label || !box) return;
    label.id ||= `${select.id}_label`;
    const others = (box.getAttribute("aria-labelledby") ?? "").split(" ").filter((id) => id && id !== label.id);
    box.setAttribute("aria-labelledby", [label.id, ...others].join(" "));
    for (const part of box.querySelectorAll(".select2-search__field, [role='textbox']")) part.setAttribute("aria-labelledby", label.id);
  };
  const nameAll = (root) => root.querySelectorAll("select.admin-autocomplete").forEach(name);

  // After the boxes are made, which is one of jQuery's ready handlers; those run in the order in which they came.
  window.django?.jQuery?.(() => nameAll(document));
  // A new row gets its boxes from another listener of the same event: after that one.
  document.addEventListener("formset:added", (event) => setTimeout(() => nameAll(event.target)));
  // The search field of a single choice exists only while the list is open.
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches(".select2-dropdown .select2-search__field")) target.setAttribute("aria-label", "Search");
  });
})();

// The index in the head, and what belongs to the account: Escape, a click elsewhere and the focus leaving it close it.
for (const index of document.querySelectorAll("#header details")) {
  const shut = ({ target }) => index.contains(target) || (index.open = false);
  document.addEventListener("click", shut);
  document.addEventListener("focusin", shut);
  index.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !index.open) return;
    index.open = false;
    index.querySelector("summary").focus();
  });
}

// A form that was not saved: a link to each field with a problem, and the focus on the first.
(() => {
  const note = document.querySelector("#content-main form > div > .errornote, #content-main > .errornote, #changelist-form .errornote");
  if (!note) return;
  const list = document.createElement("ul");
  list.className = "error-links";
  let first = null;
  for (const errors of document.querySelectorAll("#content-main form .errorlist:not(.nonfield)")) {
    const place = errors.closest(".form-multiline > div, .form-row > div, .form-row, .why, td");
    const field = place?.querySelector("input:not([type=hidden]), select, textarea");
    if (!field) continue;
    field.id ||= `error-${list.children.length}`;
    const row = field.closest(".inline-related, tr.form-row");
    const named = [row?.querySelector("h3 .inline_label, td.original p")?.textContent, place.querySelector("label")?.textContent ?? field.getAttribute("aria-label")];
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#${field.id}`;
    link.textContent = `${named.filter(Boolean).map((words) => words.trim().replace(/:$/, "")).join(", ")}: ${errors.textContent.trim()}`;
    item.append(link);
    list.append(item);
    field.setAttribute("aria-invalid", "true");
    first ??= field;
  }
  if (list.children.length) note.after(list);
  window.addEventListener("load", () => first?.focus());
})();

// The rubric of the criterion that is chosen.
(() => {
  const given = document.querySelector("#rubrics");
  const shown = document.querySelector(".field-rubric .readonly");
  const chosen = document.querySelector("#id_criterion");
  if (!given || !shown || !chosen) return;
  const rubrics = JSON.parse(given.textContent);
  const none = shown.innerHTML;
  const show = () => {
    shown.innerHTML = rubrics[chosen.value] ?? (chosen.value ? "This criterion is not scored." : none);
  };
  if (chosen.value) show();
  // The box that completes names reports to jQuery alone.
  window.addEventListener("load", () => window.django?.jQuery?.(chosen).on("change", show));
})();

// A run of link checks: each batch is a request, and what it answers takes the place of what the last one did.
(() => {
  const run = document.querySelector("#link-run");
  const next = () => {
    const form = run?.querySelector("form");
    if (!form) return;
    form.hidden = true;
    setTimeout(() => check(form), "busy" in form.dataset ? 5000 : 0);
  };
  const check = async (form) => {
    try {
      const answer = await fetch(location.pathname, { method: "POST", body: new FormData(form) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const shown = page.querySelector("#link-run");
      if (!shown) return location.assign(answer.url); // signed out
      run.replaceChildren(...shown.childNodes);
      next();
    } catch {
      form.hidden = false; // no network: the button tries again
    }
  };
  next();
})();

// A new fact is begun at the first field that is empty; a number that has the focus is selected, so that a digit
// replaces it.
window.addEventListener("load", () => {
  const isNew = document.querySelector("#django-admin-form-add-constants[data-model-name]");
  if (isNew && !document.querySelector(".errornote")) {
    const isEmpty = (field) => field.matches("input, select, textarea") && !field.disabled && field.offsetParent && !field.value;
    const field = document.querySelector("#content-main [autofocus]") ?? [...document.querySelector("#content-main > form").elements].find(isEmpty);
    (field?.parentElement.querySelector(".select2-selection") ?? field)?.focus();
  }
  const field = document.activeElement;
  if (!field?.matches("input[type=number]")) return;
  field.select();
  field.scrollIntoView({ block: "nearest" }); // clear of the bar with Save
});

// Control and Enter save from any field of a form, and lead to the reason first where it is still missing.
(() => {
  const save = document.querySelector(".save-bar [name=_save]");
  if (!save) return;
  const { form } = save;
  const reason = form.elements.reason;
  save.setAttribute("aria-keyshortcuts", "Control+Enter Meta+Enter");
  if (matchMedia("(hover: hover)").matches) document.querySelector("#id_reason_helptext")?.append(` Press Ctrl + Enter in any field to ${save.value.toLowerCase()}.`);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (reason?.value.trim() === "") reason.focus();
    else save.click();
  });
})();
