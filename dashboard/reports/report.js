(function () {
  "use strict";
  var root = document.documentElement;
  var asked = /[?&]lang=(zh|en)/.exec(location.search);
  var speaks = (navigator.language || "").toLowerCase().indexOf("zh") === 0 ? "zh" : "en";
  function show(lang) {
    root.lang = lang === "zh" ? "zh-CN" : "en";
    root.setAttribute("data-lang", lang);
    var main = document.querySelector('main[data-in="' + lang + '"]');
    if (main) document.title = main.getAttribute("data-title");
  }
  show(asked ? asked[1] : speaks);
  document.addEventListener("DOMContentLoaded", function () {
    show(root.getAttribute("data-lang"));
    document.getElementById("switch").addEventListener("click", function () {
      show(root.getAttribute("data-lang") === "zh" ? "en" : "zh");
    });
  });
})();
