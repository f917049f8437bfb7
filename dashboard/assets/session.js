(function () {
  "use strict";
  var EVERY_MS = 60000;
  var ask = window.fetch.bind(window);
  var moved = false;
  var told = Date.now();
  var leaving = false;

  function ours(input) {
    var address = new URL(typeof input === "string" ? input : input.url || String(input), location.href);
    return address.origin === location.origin;
  }
  function leave() {
    if (leaving) return;
    leaving = true;
    var next = location.pathname + location.search + location.hash;
    location.assign("/sign-in?said=over&next=" + encodeURIComponent(next));
  }
  function say(words) {
    if (!window.dash_clientside || !window.dash_clientside.set_props) return;
    window.dash_clientside.set_props("notices", { sendNotifications: [{
      id: "forbidden", action: "show", message: words, className: "notice problem", autoClose: 12000,
      withCloseButton: true, position: "bottom-right", role: "alert"
    }] });
  }
  window.fetch = function (input, options) {
    return ask(input, options).then(function (answer) {
      if (!ours(input)) return answer;
      if (answer.status === 401) leave();
      if (answer.status === 403 && (answer.headers.get("Content-Type") || "").indexOf("text/plain") === 0) {
        answer.clone().text().then(say);
      }
      return answer;
    });
  };
  // Somebody is at the page as long as keys, pointer or fingers move; what a page asks by itself does not count.
  function here() {
    moved = true;
    tell();
  }
  function tell() {
    if (!moved || Date.now() - told < EVERY_MS) return;
    moved = false;
    told = Date.now();
    ask("/session/active", { method: "POST", credentials: "same-origin" }).then(function (answer) {
      if (answer.status === 401) leave();
    }).catch(function () { moved = true; });
  }
  ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"].forEach(function (name) {
    document.addEventListener(name, here, { passive: true, capture: true });
  });
  setInterval(tell, EVERY_MS);
})();
