/* The first thing a page does: ask for its layout, with the page of its address in it, while the scripts are still on their way. */
(function () {
  "use strict";
  function kept(name) { try { return localStorage.getItem(name); } catch (error) { return null; } }
  // What the page is drawn for; screen.js asks it again when something changes.
  window.wfmScreen = function () {
    var chosen = kept("wfm-theme");
    var dark = chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
    return { dark: dark, narrow: window.matchMedia("(max-width: 700px)").matches };
  };
  var told = new URLSearchParams(Object.assign({ path: location.pathname, search: location.search }, window.wfmScreen()));
  var ask = window.fetch.bind(window);
  var how = { credentials: "same-origin", headers: { Accept: "application/json", "Content-Type": "application/json" } };
  var early = {
    "/_dash-layout": ask("/_dash-layout?" + told, how),
    "/_dash-dependencies": ask("/_dash-dependencies", how)
  };
  Object.keys(early).forEach(function (path) { early[path].catch(function () { delete early[path]; }); });
  window.fetch = function (input, options) {
    var path = typeof input === "string" ? input.replace(location.origin, "") : "";
    var answer = early[path];
    if (!answer) return ask(input, options);
    delete early[path];
    return answer;
  };
})();
