// Chooses or takes a dropped file and sends it in one stream, with its progress; the rest of the page is Dash's.
(function () {
  "use strict";
  function element(name, properties, parent) {
    var made = Object.assign(document.createElement(name), properties);
    parent.appendChild(made);
    return made;
  }
  function send(file, place) {
    var bar = place.querySelector("progress");
    var said = place.querySelector(".file-said");
    var input = place.querySelector("input");
    var words = place.dataset;
    var request = new XMLHttpRequest();
    function done(problem) {
      bar.hidden = true;
      input.disabled = false;
      input.value = "";
      said.className = problem ? "file-said error" : "file-said";
      said.textContent = problem || "";
    }
    said.className = "file-said";
    said.textContent = words.sending + " " + file.name;
    bar.hidden = false;
    bar.removeAttribute("value");
    input.disabled = true;
    request.open("POST", words.address);
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = function (event) {
      if (event.lengthComputable) { bar.max = event.total; bar.value = event.loaded; }
      if (event.loaded === event.total) said.textContent = words.looking;
    };
    request.onerror = function () { done(words.broken); };
    request.onload = function () {
      var told = {};
      try { told = JSON.parse(request.responseText); } catch (error) { told = {}; }
      if (told.token) {
        window.dash_clientside.set_props("data-url", { search: words.then + told.token });
        return;
      }
      done(told.problem || (request.status === 413 ? words.large : words.broken));
    };
    request.send(file);
  }
  function prepare(place) {
    if (!place || place.querySelector("input")) return;
    var label = element("label", { className: "file-label" }, place);
    var input = element("input", { type: "file", id: "data-file", accept: place.dataset.accept }, label);
    element("span", { className: "button", textContent: place.dataset.choose }, label);
    element("span", { className: "quiet", textContent: place.dataset.drop }, label);
    element("progress", { hidden: true, max: 1 }, place).setAttribute("aria-label", place.dataset.sending);
    element("p", { className: "file-said" }, place).setAttribute("role", "alert");
    input.addEventListener("change", function () { if (input.files.length) send(input.files[0], place); });
    ["dragover", "dragenter"].forEach(function (name) {
      place.addEventListener(name, function (event) { event.preventDefault(); place.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      place.addEventListener(name, function () { place.classList.remove("over"); });
    });
    place.addEventListener("drop", function (event) {
      event.preventDefault();
      if (event.dataTransfer.files.length) send(event.dataTransfer.files[0], place);
    });
  }
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    data: {
      picker: function (id) {
        prepare(document.getElementById(id));
        return window.dash_clientside.no_update;
      }
    }
  });
})();
