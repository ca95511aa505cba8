// Keeps what is typed at the desk on this machine until it is saved, and offers it again: by editor and address, gone
// after a save and after signing out. The server shows a restored form, rows and all, as it does after a conflict.
(() => {
  const PREFIX = "touchstone.draft:";
  const SENT = "touchstone.sent";
  const { user, posted } = document.currentScript.dataset;
  const keyOf = (address) => `${PREFIX}${user}:${address.pathname}${address.search}`;
  const key = keyOf(location);
  const quietly = (deed) => {
    try {
      return deed();
    } catch {
      return null; // no storage, or none left
    }
  };

  const drafts = {
    key,
    read: () => quietly(() => JSON.parse(localStorage.getItem(key))),
    write: (draft) => quietly(() => localStorage.setItem(key, JSON.stringify({ at: Date.now(), ...draft }))),
    clear: () => quietly(() => localStorage.removeItem(key)),
    /** Offers a draft above the page. */
    offer: ({ at }, restore, discard = drafts.clear) => {
      const bar = document.createElement("div");
      bar.className = "draft-offer";
      bar.setAttribute("role", "status");
      const words = document.createElement("p");
      const when = new Date(at).toLocaleString(document.documentElement.lang || "en-GB", { dateStyle: "long", timeStyle: "short" });
      words.textContent = `You have unsaved changes from ${when}.`;
      bar.append(words);
      for (const [label, deed] of [["Restore unsaved changes", restore], ["Discard", discard]]) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = label;
        button.addEventListener("click", () => {
          bar.remove();
          deed();
        });
        bar.append(button);
      }
      const tools = document.querySelector("#content-main > .object-tools");
      if (tools) tools.after(bar);
      else document.querySelector("#content-main").prepend(bar);
    },
  };
  window.deskDrafts = drafts;

  // What was sent is saved once the page that follows says so.
  quietly(() => {
    const sent = sessionStorage.getItem(SENT);
    if (!sent) return;
    sessionStorage.removeItem(SENT);
    const isSaved = document.querySelector(".messagelist .success, .messagelist .info") && !document.querySelector(".errornote");
    if (isSaved) localStorage.removeItem(sent);
  });
  document.querySelector("#logout-form")?.addEventListener("submit", () => {
    quietly(() => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).forEach((name) => localStorage.removeItem(name)));
  });

  // The second press of a double click belongs to the page before, also where its answer has a button in the same place.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("#content-main form[method=post] [type=submit]")) event.preventDefault();
  });

  // A second click sends nothing.
  let isSending = false;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // Not the properties: a field may be called “action” or “method”.
    const [method, action] = ["method", "action"].map((name) => form.getAttribute(name) ?? "");
    if (event.defaultPrevented || method.toLowerCase() !== "post" || !form.closest("#content-main")) return;
    if (isSending) {
      event.preventDefault();
      return;
    }
    isSending = true;
    setTimeout(() => {
      isSending = false; // stopped on the way; the server saves nothing twice
    }, 5000);
    quietly(() => sessionStorage.setItem(SENT, keyOf(new URL(action || location.href, location.href))));
  });
  window.addEventListener("pageshow", () => {
    isSending = false;
  });

  const form = document.querySelector(".change-form #content-main > form, #changelist-form:has([name='_save'])");
  if (!form || new URLSearchParams(location.search).has("_popup")) return;
  const OWN = new Set(["csrfmiddlewaretoken", "changeset", "action", "select_across", "_selected_action", "index"]);
  const values = () =>
    [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OWN.has(name) && !/password/.test(name) && !/-__prefix__-/.test(name));
  const text = (pairs) => JSON.stringify(pairs);
  const initial = text(values());
  // The answer to a form that was not saved holds what was typed.
  const isDirty = () => Boolean(posted) || text(values()) !== initial;
  const keep = () => {
    if (isDirty()) drafts.write({ values: values() });
    else drafts.clear();
  };

  const restore = () => {
    const carrier = document.createElement("form");
    carrier.method = "post";
    carrier.hidden = true;
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const [name, value] of [...draft.values, ["_edit", "1"], ["csrfmiddlewaretoken", token]]) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      carrier.append(input);
    }
    isSending = true;
    document.body.append(carrier);
    carrier.submit();
  };
  const draft = drafts.read();
  if (draft?.values && !posted && text(draft.values) !== initial) drafts.offer(draft, restore);

  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 300);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    if (isDirty()) keep(); // it may be refused before anything reads it
  });
  document.addEventListener("formset:added", later);
  document.addEventListener("formset:removed", later);
  // The boxes that complete names report to jQuery alone.
  window.addEventListener("load", () => window.django?.jQuery?.(form).on("change", later));
  window.addEventListener("beforeunload", (event) => {
    if (isSending || !isDirty()) return;
    keep();
    event.preventDefault();
  });
})();
