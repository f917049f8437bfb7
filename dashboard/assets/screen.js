(function () {
  "use strict";
  var narrow = window.matchMedia("(max-width: 700px)");
  var root = document.documentElement;
  function kept(name) { try { return localStorage.getItem(name); } catch (error) { return null; } }
  function keep(name, value) { try { localStorage.setItem(name, value); } catch (error) { return; } }
  var screen = window.wfmScreen;
  function dark() { return screen().dark; }
  function tell() {
    if (!window.dash_clientside || !window.dash_clientside.set_props) return;
    window.dash_clientside.set_props("screen", { data: screen() });
    window.dash_clientside.set_props("mantine", { forceColorScheme: dark() ? "dark" : "light" });
  }
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a.show-it");
    var choices = document.getElementById("choices");
    if (link && choices) choices.scrollIntoView({ behavior: "smooth", block: "start" });
  });
  narrow.addEventListener("change", tell);
  if (kept("wfm-folded") === "yes") root.classList.add("folded");
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    screen: {
      theme: function (clicks) {
        if (clicks) keep("wfm-theme", dark() ? "light" : "dark");
        return [screen(), dark() ? "dark" : "light"];
      },
      more: function (clicks) {
        if (clicks) root.classList.toggle("all-pages");
        return window.dash_clientside.no_update;
      },
      opened: function (shown) {
        root.classList.remove("all-pages");
        if (!shown) return window.dash_clientside.no_update;
        document.title = shown.title + " · WFM";
        root.lang = shown.lang;
        window.scrollTo(0, 0);
        return shown.key;
      },
      // An answer that comes late must not take back somebody who has gone on to another part.
      stay: function (search) {
        var there = new URLSearchParams(search || "");
        var here = new URLSearchParams(location.search);
        return search && here.get("tab") === there.get("tab") ? search : window.dash_clientside.no_update;
      },
      fold: function (clicks) {
        if (clicks) keep("wfm-folded", root.classList.toggle("folded") ? "yes" : "no");
        return window.dash_clientside.no_update;
      }
    }
  });
})();
