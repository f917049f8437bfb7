/* Dragging a duty of the month's grid onto another cell: an empty one takes it, another duty is exchanged with it. */
(function () {
  "use strict";
  var grid = window.wfmRoster, dragging = null;

  function cellAt(target) {
    var element = target && target.closest && target.closest("#roster-grid .ag-center-cols-container .ag-cell");
    if (!element) return null;
    var field = element.getAttribute("col-id"), row = element.closest("[row-id]");
    if (!grid.isDay(field) || !row) return null;
    var node = grid.row(row.getAttribute("row-id"));
    return node && node.data ? { element: element, field: field, data: node.data } : null;
  }
  function begin(event) {
    if (event.button !== 0 || !grid.mayChange() || event.pointerType === "touch") return;
    var from = cellAt(event.target);
    if (!from || !(from.data[from.field] || []).length) return;
    dragging = { from: from, x: event.clientX, y: event.clientY, ghost: null, over: null };
  }
  function move(event) {
    if (!dragging) return;
    if (!dragging.ghost) {
      if (Math.abs(event.clientX - dragging.x) + Math.abs(event.clientY - dragging.y) < 6) return;
      dragging.ghost = document.createElement("div");
      dragging.ghost.className = "roster-ghost";
      dragging.ghost.textContent = grid.duty(dragging.from.data[dragging.from.field]);
      document.body.appendChild(dragging.ghost);
    }
    event.preventDefault();
    dragging.ghost.style.transform = "translate(" + (event.clientX + 8) + "px," + (event.clientY + 8) + "px)";
    var over = cellAt(document.elementFromPoint(event.clientX, event.clientY));
    if (dragging.over && (!over || over.element !== dragging.over.element)) dragging.over.element.classList.remove("drop");
    if (over) over.element.classList.add("drop");
    dragging.over = over;
  }
  function drop() {
    if (!dragging) return;
    var from = dragging.from, over = dragging.over, ghost = dragging.ghost;
    dragging = null;
    if (!ghost) return;
    ghost.remove();
    if (!over) return;
    over.element.classList.remove("drop");
    if (over.element === from.element) return;
    grid.ask({
      what: "drag", cells: [grid.place(from.data, from.field), grid.place(over.data, over.field)],
      marks: [grid.key(from.data.id, from.field), grid.key(over.data.id, over.field)]
    });
  }
  function stop(event) {
    if (event.key !== "Escape" || !dragging) return;
    if (dragging.ghost) dragging.ghost.remove();
    if (dragging.over) dragging.over.element.classList.remove("drop");
    dragging = null;
  }
  document.addEventListener("pointerdown", begin);
  document.addEventListener("pointermove", move, { passive: false });
  document.addEventListener("pointerup", drop);
  document.addEventListener("keydown", stop);
})();
