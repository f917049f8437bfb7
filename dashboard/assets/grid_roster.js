/* The month's grid: how cells look, what is typed and dragged into them, and the talk with the server about it.
   Every change goes to the server one after the other; the grid shows what the server says came of it. */
(function () {
  "use strict";
  var GRID = "roster-grid";
  var meta = null, api = null, dayBroken = {}, version = 0;
  var queue = [], busy = null, timer = null, counter = 0;
  var waiting = {}, fresh = {}, copied = null, mates = {}, focusKept = null, index = {};

  function column(params) { return params.column ? params.column.getColId() : params.colDef.field; }
  function day(field) { return Number(String(field).slice(1)); }
  function isDay(field) { return /^d\d+$/.test(String(field)); }
  function alive() { return !!api && !api.isDestroyed(); }
  function spoken() { return meta ? meta.words : {}; }
  function key(row, field) { return row + "|" + field; }

  function text(value) {
    if (typeof value === "string") return value;
    if (!value || !value.length || !meta) return "";
    return value.map(function (duty) {
      var shift = meta.shifts[duty[0]];
      return (shift ? shift.label : "?") + (duty[1] ? "·B" : "");
    }).join("+");
  }
  function chip(value) {
    if (!value || !value.length || !meta) return "";
    var shift = meta.shifts[value[0][0]];
    return (shift ? shift.label : "?") + (value.length > 1 ? "+" : "");
  }
  function sentences(data, field) {
    if (!data) return [];
    var mine = (data.broken || {})[day(field)] || [];
    return mine.concat((dayBroken[day(field)] || {})[data.id] || []);
  }
  function has(list, n) { return !!list && list.indexOf(n) >= 0; }

  function classes(params) {
    var field = column(params), data = params.data || {}, value = params.value, n = day(field);
    var found = ["cell"];
    if (meta && meta.days[n] && meta.days[n].rest) found.push("rest");
    if (data.group) {
      if (value) found.push("cover", value[2]);
      if (value && value[4]) found.push("broken");
      return found;
    }
    if (value && value.length) {
      found.push("s" + (value[0][0] < 0 ? "x" : value[0][0] % 8), value[0][1] ? "standby" : "answers");
      if (value[0][4]) found.push("elsewhere");
      if (value[0][6]) found.push("own-times");
    } else if (has(data.leave, n)) found.push("leave");
    else if (has(data.training, n)) found.push("training");
    if (has(data.pins, n)) found.push("pinned");
    if (meta && meta.differs && meta.differs[key(data.id, field)]) found.push("differs");
    if (sentences(data, field).length) found.push("broken");
    if (waiting[key(data.id, field)]) found.push("waiting");
    if (fresh[key(data.id, field)]) found.push("fresh");
    if (mates[key(data.id, field)]) found.push("mate");
    return found;
  }

  function shown(params) {
    if (params.data && params.data.group) return params.value ? params.value[0] + "\n" + params.value[1] : "";
    var value = params.value;
    if (!value || !value.length) return "";
    if (typeof value === "string") return value;
    return params.node && editing(params) ? text(value) : chip(value);
  }
  function editing(params) {
    var cells = params.api && params.api.getEditingCells ? params.api.getEditingCells() : [];
    return cells.some(function (c) { return c.rowIndex === params.node.rowIndex && c.column.getColId() === column(params); });
  }

  function ofDay(field) {
    var kept = index[field];
    if (kept && kept.version === version) return kept.found;
    var found = {};
    if (alive()) api.forEachNode(function (node) {
      (node.data[field] || []).forEach(function (duty) {
        (found[duty[5]] = found[duty[5]] || []).push({ row: node.data.id, name: node.data.name, standby: duty[1] });
      });
    });
    index[field] = { version: version, found: found };
    return found;
  }
  function partners(data, field) {
    var found = [], there = ofDay(field);
    (data[field] || []).forEach(function (duty) {
      (there[duty[5]] || []).forEach(function (other) {
        if (other.row !== data.id && other.standby !== duty[1]) found.push(other);
      });
    });
    return found;
  }

  function about(data, field) {
    if (!data || !meta || !isDay(field)) return "";
    if (data.group) return data[field] ? data.name + "\n" + data[field][3] : "";
    var n = day(field), words = meta.words, lines = [data.name + " · " + (meta.days[n] ? meta.days[n].words : "")];
    (data[field] || []).forEach(function (duty) {
      var shift = meta.shifts[duty[0]], group = meta.groups[duty[2]];
      lines.push([shift ? shift.name + " " + (duty[6] || shift.times) : "?", duty[1] ? words.B : words.A, group ? group.name : "",
        duty[3] ? words.remote : "", duty[6] && shift ? words.own.replace("{times}", shift.times) : ""].filter(Boolean).join(" · "));
    });
    var beside = partners(data, field);
    if (beside.length) {
      lines.push(words["with"] + ": " + beside.map(function (o) { return o.name + " (" + (o.standby ? "B" : "A") + ")"; }).join(", "));
    }
    if (has(data.leave, n)) lines.push(words.leave);
    if (has(data.training, n)) lines.push(words.training);
    if (!(data[field] || []).length && !has(data.leave, n)) lines.push(words.free);
    if (has(data.pins, n)) lines.push(words.pinned);
    if (meta.differs && meta.differs[key(data.id, field)]) lines.push(meta.differs[key(data.id, field)]);
    sentences(data, field).forEach(function (sentence) { lines.push("✕ " + sentence); });
    return lines.join("\n");
  }

  function mayEdit(params) { return !!(meta && meta.mayEdit && params.data && !params.data.group); }

  function place(data, field) { return [data.id, meta.days[day(field)].iso]; }

  function ask(job) {
    if (!meta || !meta.mayEdit) return;
    (job.marks || []).forEach(function (mark) { waiting[mark] = true; });
    repaint(job.marks);
    queue.push(job);
    next();
  }
  function next() {
    if (busy || !queue.length) return;
    busy = queue.shift();
    counter += 1;
    busy.n = counter;
    busy.draft = meta.draft;
    busy.based_on = meta.latest;
    var sent = Object.assign({}, busy);
    delete sent.marks;
    timer = setTimeout(function () { release(); notice(spoken().slow); }, 20000);
    window.dash_clientside.set_props("roster-do", { data: sent });
  }
  function release() {
    clearTimeout(timer);
    var marks = busy ? busy.marks : [];
    (marks || []).forEach(function (mark) { delete waiting[mark]; });
    busy = null;
    repaint(marks);
    next();
  }
  function notice(words) {
    var strip = document.getElementById("roster-cell");
    if (strip && words) strip.textContent = words;
  }
  function repaint(marks) {
    if (!alive() || !marks || !marks.length) return;
    var rows = [], columns = [];
    marks.forEach(function (mark) {
      var parts = mark.split("|"), node = api.getRowNode(parts[0]);
      if (node) rows.push(node);
      columns.push(parts[parts.length - 1]);
    });
    if (rows.length) api.refreshCells({ rowNodes: rows, columns: columns, force: true });
  }

  function told(answer) {
    if (!answer) return;
    var mine = busy && answer.n === busy.n;
    if (meta && (answer.latest >= meta.latest || answer.draft !== meta.draft)) take(answer);
    if (!mine) return;
    if (answer.conflict) { held = busy; clearTimeout(timer); repaint(busy.marks); return; }
    release();
  }
  var held = null;

  function take(answer) {
    if (answer.latest !== undefined && answer.draft === meta.draft) meta.latest = answer.latest;
    if (answer.rows && answer.rows.length && alive()) {
      version += 1;
      var known = [], added = [];
      answer.rows.forEach(function (row) { (api.getRowNode(row.id) ? known : added).push(row); });
      api.applyTransaction({ update: known, add: added });
    }
    if (answer.days) {
      Object.keys(answer.days).forEach(function (n) { dayBroken[n] = answer.days[n]; });
      version += 1;
    }
    (answer.fresh || []).forEach(function (mark) {
      var name = key(mark[0], "d" + mark[1]);
      fresh[name] = true;
      setTimeout(function () { delete fresh[name]; repaint([name]); }, 6000);
    });
    if (answer.cover && alive()) api.setGridOption("pinnedBottomRowData", answer.cover);
    if (alive() && (answer.days || answer.rows)) {
      var fields = Object.keys(answer.days || {}).map(function (n) { return "d" + n; });
      if (fields.length) api.refreshCells({ columns: fields, force: true });
      if (window.wfmRoster.filtersBroken) api.onFilterChanged();
    }
    describe();
  }

  function describe() {
    var strip = document.getElementById("roster-cell");
    if (!alive() || !strip) return;
    var at = api.getFocusedCell();
    clearMates();
    if (!at || !isDay(at.column.getColId())) return;
    var node = at.rowPinned ? api.getPinnedBottomRow(at.rowIndex) : api.getDisplayedRowAtIndex(at.rowIndex);
    if (!node) return;
    focusKept = { row: node.data.id, field: at.column.getColId() };
    strip.textContent = about(node.data, focusKept.field);
    markMates(node.data, focusKept.field);
  }
  function markMates(data, field) {
    if (data.group) return;
    var names = partners(data, field).map(function (other) { return key(other.row, field); });
    if (names.length) names.push(key(data.id, field));
    names.forEach(function (name) { mates[name] = true; });
    repaint(names);
  }
  function clearMates() {
    var names = Object.keys(mates);
    mates = {};
    repaint(names);
  }

  function typed(params) {
    var field = column(params), words = String(params.newValue === null || params.newValue === undefined ? "" : params.newValue).trim();
    if (words === text(params.data[field])) return false;
    ask({ what: "type", cells: [place(params.data, field)], text: words, marks: [key(params.data.id, field)] });
    return false;
  }

  function keyed(params) {
    var event = params.event, field = column(params), data = params.data;
    if (!event || event.type !== "keydown") return false;
    var grid = params.api;
    if (params.editing) {
      if (/^Arrow(Up|Down)$/.test(event.key) || (/^Arrow(Left|Right)$/.test(event.key) && event.target.value.length < 2)) {
        grid.stopEditing();
        var at = grid.getFocusedCell(), index = at.rowIndex, target = at.column;
        if (event.key === "ArrowUp") index = Math.max(0, index - 1);
        if (event.key === "ArrowDown") index += 1;
        if (event.key === "ArrowLeft") target = grid.getDisplayedColBefore(target) || target;
        if (event.key === "ArrowRight") target = grid.getDisplayedColAfter(target) || target;
        grid.setFocusedCell(index, target);
        event.preventDefault();
        return true;
      }
      return false;
    }
    if (!mayEdit(params)) return false;
    var mark = [key(data.id, field)], cells = [place(data, field)], plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "Delete" || event.key === "Backspace") {
      if ((data[field] || []).length) ask({ what: "type", cells: cells, text: "", marks: mark });
    } else if ((event.ctrlKey || event.metaKey) && /^[cC]$/.test(event.key)) {
      copied = text(data[field]);
    } else if ((event.ctrlKey || event.metaKey) && /^[vV]$/.test(event.key)) {
      if (copied !== null) ask({ what: "type", cells: cells, text: copied, marks: mark });
    } else if (plain && /^[pP]$/.test(event.key) && meta.known.indexOf("p") < 0) {
      ask({ what: "pin", cells: cells, marks: mark });
    } else if (plain && /^[1-9]$/.test(event.key) && meta.known.indexOf(event.key) < 0 && meta.shifts[Number(event.key) - 1]) {
      ask({ what: "type", cells: cells, text: meta.shifts[Number(event.key) - 1].label + (event.shiftKey ? "B" : ""), marks: mark });
    } else if ((event.ctrlKey || event.metaKey) && /^[zZyY]$/.test(event.key)) {
      return true; // the page's own listener takes it back or repeats it
    } else return false;
    event.preventDefault();
    return true;
  }

  /* What dragging (grid_roster_drag.js) and filtering (grid_roster_filter.js) need of the grid. */
  window.wfmRoster = {
    ask: ask, duty: text, isDay: isDay, key: key, place: place,
    mayChange: function () { return !!(meta && meta.mayEdit); },
    row: function (id) { return alive() ? api.getRowNode(id) : null; },
    group: function (n) { return meta ? meta.groups[n].id : ""; },
    isBroken: function (data) {
      if (Object.keys(data.broken || {}).length) return true;
      return Object.keys(dayBroken).some(function (n) { return (dayBroken[n] || {})[data.id]; });
    },
    filtersBroken: false,
    filterAgain: function () { if (alive()) api.onFilterChanged(); }
  };

  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, {
    rosterText: shown,
    rosterClass: classes,
    rosterTip: function (params) { return about(params.data, column(params)); },
    rosterWho: function (params) {
      var data = params.data;
      if (!data || !meta || data.group) return data ? data.name : "";
      return [data.name + " (" + data.id + ")", data.firm, data.serves.map(function (n) { return meta.groups[n].name; }).join(", ")]
        .filter(Boolean).join("\n");
    },
    rosterSpan: function (params) { return params.data && params.data.group ? 2 : 1; },
    rosterTotal: function (params) {
      if (params.data && params.data.group) return "";
      return params.value ? String(Math.round(params.value * 10) / 10) : "";
    },
    rosterEditable: mayEdit,
    rosterTyped: typed,
    rosterKey: keyed
  });

  function stepped(event) {
    var back = (event.ctrlKey || event.metaKey) && !event.altKey && /^[zZyY]$/.test(event.key);
    if (!back || !document.getElementById(GRID) || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    event.preventDefault();
    ask({ what: /^[yY]$/.test(event.key) || event.shiftKey ? "redo" : "undo", cells: [], marks: [] });
  }
  document.addEventListener("keydown", stepped);

  function focused() {
    if (!alive()) return null;
    var at = api.getFocusedCell();
    if (!at || at.rowPinned || !isDay(at.column.getColId())) return null;
    var node = api.getDisplayedRowAtIndex(at.rowIndex);
    return node ? { data: node.data, field: at.column.getColId() } : null;
  }

  /* What the server names as text is parsed and looked up anew for every cell; the functions themselves are not. */
  var quick = {
    valueFormatter: shown, cellClass: classes, editable: mayEdit, valueSetter: typed, suppressKeyboardEvent: keyed,
    tooltipValueGetter: function (params) { return about(params.data, column(params)); }
  };
  function quickened(columns) {
    return columns.map(function (one) {
      if (one.children) return Object.assign({}, one, { children: quickened(one.children) });
      if (!isDay(one.field)) return one;
      var found = Object.assign({}, one);
      Object.keys(quick).forEach(function (name) { if (typeof found[name] === "function") found[name] = quick[name]; });
      return found;
    });
  }

  function attach(context, tries) {
    window.dash_ag_grid.getApiAsync(GRID).then(function (found) {
      if (meta !== context) return;
      // A page drawn anew may still have the grid of the page before.
      if (found.isDestroyed() && tries < 200) { setTimeout(function () { attach(context, tries + 1); }, 25); return; }
      if (api !== found) found.addEventListener("cellFocused", describe);
      if (api !== found) found.setGridOption("columnDefs", quickened(found.getColumnDefs()));
      api = found;
      api.refreshCells({ force: true });
      if (context.focus) {
        api.ensureColumnVisible(context.focus);
        api.setFocusedCell(0, context.focus);
      } else if (focusKept) {
        var node = api.getRowNode(focusKept.row);
        if (node && node.rowIndex !== null && api.getColumn(focusKept.field)) {
          api.ensureNodeVisible(node);
          api.setFocusedCell(node.rowIndex, focusKept.field);
        }
      }
      api.onFilterChanged();
      describe();
      document.getElementById(GRID).setAttribute("data-ready", String(context.draft));
    });
  }
  function setUp(context) {
    meta = context; api = null;
    dayBroken = context.dayBroken || {};
    version += 1; index = {}; mates = {}; waiting = {}; fresh = {}; queue = []; busy = null; held = null;
    clearTimeout(timer);
    attach(context, 0);
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    roster: {
      setUp: function (context) { return context ? setUp(context) : window.dash_clientside.no_update; },
      told: function (answer) { told(answer); return window.dash_clientside.no_update; },
      undo: function (clicks) { if (clicks) ask({ what: "undo", cells: [], marks: [] }); return window.dash_clientside.no_update; },
      redo: function (clicks) { if (clicks) ask({ what: "redo", cells: [], marks: [] }); return window.dash_clientside.no_update; },
      pin: function (clicks) {
        var at = focused();
        if (clicks && at) ask({ what: "pin", cells: [place(at.data, at.field)], marks: [key(at.data.id, at.field)] });
        return window.dash_clientside.no_update;
      },
      put: function (clicks) {
        var at = focused(), used = window.dash_clientside.callback_context.triggered_id;
        if (at && used && clicks.some(Boolean)) {
          ask({ what: "type", cells: [place(at.data, at.field)], text: used.text, marks: [key(at.data.id, at.field)] });
        }
        return window.dash_clientside.no_update;
      },
      decide: function (mine, theirs) {
        var used = window.dash_clientside.callback_context.triggered_id;
        if (!held || (!mine && !theirs)) return false;
        var job = held;
        held = null;
        if (used === "roster-mine") queue.unshift(Object.assign({}, job, { insist: true }));
        release();
        return false;
      },
      tick: function (ticks) {
        if (!meta || !meta.draft || busy || document.hidden) return window.dash_clientside.no_update;
        return { draft: meta.draft, latest: meta.latest };
      }
    }
  });
})();
