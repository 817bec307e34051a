// For a municipality's own site: <script src="(this origin)/launcher.js" data-text="Praat met ons" defer></script>
// Puts one link where the script stands. It takes the place of this page in the tab, so that Back does not come here again.
{
  const script = document.currentScript;
  const link = document.createElement("a");
  link.href = new URL("/", script.src).href;
  link.rel = "noreferrer nofollow";
  link.className = "meldpunt-launcher";
  link.textContent = script.dataset.text || "Praat met ons";
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    location.replace(link.href);
  });
  if (script.closest("head")) document.body.append(link);
  else script.after(link);
}
