// Runs before the first paint, so that a chosen theme never flashes the other one. No inline script: the policy forbids it.
try {
  const theme = localStorage.getItem("hauberk.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is refused: the system's theme stays.
}
