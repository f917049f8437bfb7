/* Before a page is printed: charts as wide as the paper; afterwards as they were. */
(function () {
  "use strict";
  var PAPER = 690; // px of A4 within its margins
  var undo = [];

  function charts() {
    var main = document.querySelector("main");
    if (!main || !window.Plotly) return;
    Array.prototype.forEach.call(document.querySelectorAll("#page .js-plotly-plot"), function (chart) {
      var wide = chart.offsetWidth;
      if (!wide || main.clientWidth <= PAPER) return;
      window.Plotly.relayout(chart, { width: Math.round(PAPER * Math.min(1, wide / (main.clientWidth - 64))) });
      undo.push(function () { window.Plotly.relayout(chart, { width: null, autosize: true }); });
    });
  }

  window.addEventListener("beforeprint", charts);
  window.addEventListener("afterprint", function () { undo.splice(0).forEach(function (back) { back(); }); });
})();
