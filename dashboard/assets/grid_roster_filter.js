/* Who is shown in the month's grid: by name, firm, group and broken rules. What is chosen stands in the address. */
(function () {
  "use strict";
  var grid = window.wfmRoster, written = null;
  var filter = { q: "", firm: "", group: "", broken: "" };

  function passes(node) {
    var data = node.data;
    if (filter.q) {
      var words = (data.name + " " + data.id + " " + data.firm).toLowerCase();
      if (words.indexOf(filter.q.toLowerCase()) < 0) return false;
    }
    if (filter.firm && data.firm !== filter.firm) return false;
    if (filter.group && !data.serves.some(function (n) { return grid.group(n) === filter.group; })) return false;
    return !filter.broken || grid.isBroken(data);
  }

  /* A moment after the last key, so that a name typed is one step back and not five. */
  function write() {
    clearTimeout(written);
    written = setTimeout(function () {
      if (!document.getElementById("roster-q")) return;
      var old = new URLSearchParams(window.location.search), query = new URLSearchParams(window.location.search);
      Object.keys(filter).forEach(function (name) {
        if (filter[name]) query.set(name, filter[name]); else query.delete(name);
      });
      if (query.toString() === old.toString()) return;
      window.dash_clientside.set_props("roster-url", { search: "?" + query.toString() });
    }, 400);
  }

  function chosen(value) { return !value || value === "all" ? "" : value; }

  window.dashAgGridFunctions.rosterPasses = passes;
  window.dash_clientside.roster.filter = function (q, firm, group, broken) {
    filter = { q: (q || "").trim(), firm: chosen(firm), group: chosen(group), broken: broken && broken.length ? "yes" : "" };
    grid.filtersBroken = !!filter.broken;
    grid.filterAgain();
    write();
    return window.dash_clientside.no_update;
  };
})();
