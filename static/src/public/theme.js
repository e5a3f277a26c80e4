// Before the first paint: the theme that was chosen on another page (src/app/theme.ts). A script of its own that nothing
// defers, for a page that showed the other theme first would flash; inline scripts the security policy forbids.
try {
  const chosen = localStorage.getItem("hookwalk.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch (error) {
  if (!(error instanceof DOMException)) throw error; // the site may keep nothing: the system decides
}
