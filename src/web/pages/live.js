// Brings the list of runs up to date while somebody looks at it. Without this file the page is as good when loaded.
"use strict";
(() => {
  const status = document.getElementById("live");
  if (!status || !("EventSource" in window)) return;
  let known = Number(status.dataset.latest);
  const refresh = async () => {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [fresh, here] = [page.getElementById("runs"), document.getElementById("runs")];
    if (!fresh || !here) return;
    // Whoever is in the list must not lose the place.
    if (here.contains(document.activeElement)) {
      status.textContent = "There are newer runs: load the page again to see them.";
      return;
    }
    here.replaceWith(document.adoptNode(fresh));
  };
  const source = new EventSource("/events");
  source.addEventListener("state", (event) => {
    const state = JSON.parse(event.data);
    status.textContent = state.waiting;
    if (state.latest > known) {
      known = state.latest;
      refresh().catch(() => {});
    }
  });
  addEventListener("pagehide", () => source.close());
})();
