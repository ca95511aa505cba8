// Loads Swagger UI, which comes with django-ninja: when it is asked for, because it keeps a phone busy for seconds, or
// at once for an address that names one of its operations.
const button = document.querySelector("[data-script]");
const place = document.getElementById("swagger-ui");

// Its operations have headings of the third degree, below a title of the first.
const HeadedOperations = ({ React }) => ({
  wrapComponents: {
    InfoContainer: (Info) => (props) =>
      React.createElement("div", null, React.createElement(Info, props), React.createElement("h2", { className: "vh" }, "Operations")),
  },
});

const load = () => {
  const line = button.parentElement;
  line.textContent = "Loading Swagger UI, a script of about 400 kB…";
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: button.dataset.style });
  const script = Object.assign(document.createElement("script"), { src: button.dataset.script });
  script.addEventListener("load", () => {
    line.remove();
    SwaggerUIBundle({
      ...JSON.parse(document.getElementById("swagger-settings").textContent),
      dom_id: "#swagger-ui",
      presets: [SwaggerUIBundle.presets.apis],
      plugins: [HeadedOperations],
    });
  });
  script.addEventListener("error", () => {
    place.classList.remove("loaded");
    line.textContent = "Swagger UI could not be loaded. Reload the page to try again.";
  });
  // Before our own style sheet for it, which has the last word.
  document.querySelector("link[href*='api-docs']").before(style);
  document.head.append(script);
  place.classList.add("loaded");
  place.focus({ preventScroll: true });
};
button.addEventListener("click", load);
if (location.hash.startsWith("#/")) load();

// Swagger UI is dark by a class. It follows the system, and the choice made here.
{
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    const theme = root.dataset.theme ?? (system.matches ? "dark" : "light");
    root.classList.toggle("dark-mode", theme === "dark");
  };
  system.addEventListener("change", follow);
  new MutationObserver(follow).observe(root, { attributeFilter: ["data-theme"] });
  follow();
}
