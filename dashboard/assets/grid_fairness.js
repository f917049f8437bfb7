// How the fairness table writes a deviation: sign and shape, never the colour alone.
(function () {
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.wfmBeyond = function (value) {
    if (value === null || value === undefined) return "–";
    if (value === 0) return "0";
    const size = Math.abs(value).toLocaleString("en", { maximumFractionDigits: 1 });
    return value > 0 ? "▲ +" + size : "▼ −" + size;
  };
})();
