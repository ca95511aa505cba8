// Runs before the first paint: the theme chosen earlier, and word to the style sheet that scripts run, and that the system can share.
// The choice stays in this browser and is never sent anywhere.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  if (navigator.share) root.classList.add("shares");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage may be closed to us; then the system's theme holds.
  }
})();
