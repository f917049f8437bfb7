/* Draws what stands still: trees of plain elements, without a component of Dash for each (dashboard/still.py). */
(function () {
  "use strict";

  function go(event) {
    var link = event.currentTarget;
    if (event.metaKey || event.shiftKey || event.altKey || event.ctrlKey || (link.target && link.target !== "_self")) return;
    event.preventDefault();
    window.history.pushState({}, "", link.href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }
  function safe(address) {
    var clean = window.dash_clientside && window.dash_clientside.clean_url;
    return clean ? clean(address) : undefined;
  }
  function draw(node) {
    if (!Array.isArray(node)) return node;
    var tag = node[0];
    var known = node[1];
    var children = node.slice(2).map(draw);
    if (tag === "link") {
      tag = "a";
      known = Object.assign({}, known, { onClick: go });
    }
    if (known.href !== undefined) known = Object.assign({}, known, { href: safe(known.href) });
    return React.createElement.apply(null, [tag || React.Fragment, known].concat(children));
  }
  window.wfm_still = { Still: React.memo(function (props) { return draw(props.tree); }, function (before, now) {
    return before.tree === now.tree;
  }) };
})();
