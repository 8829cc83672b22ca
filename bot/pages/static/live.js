/* Keeps the running calls up to date. What somebody is typing in, or listening to, stays as it is: of
   that call only the facts above its forms are renewed. Without this file the page shows how it stood
   when it was opened. */
(function () {
  "use strict";
  var every = 1500;
  function busy(part) {
    if (part.contains(document.activeElement) && /^(INPUT|SELECT)$/.test(document.activeElement.tagName)) return true;
    return Array.prototype.some.call(part.querySelectorAll("audio"), function (sound) { return !sound.paused; });
  }
  function renew(old, fresh) {
    if (old.dataset.version === fresh.dataset.version) return;
    if (!busy(old)) { old.replaceWith(fresh); return; }
    var before = old.querySelector("[data-facts]");
    var after = fresh.querySelector("[data-facts]");
    var playing = before && Array.prototype.some.call(before.querySelectorAll("audio"), function (s) { return !s.paused; });
    if (!before || !after || playing) return;
    before.replaceWith(after);
    old.dataset.version = fresh.dataset.version;
  }
  function show(list, html) {
    var fresh = document.createElement("div");
    fresh.innerHTML = html;
    Array.prototype.slice.call(list.children).forEach(function (old) {
      if (!fresh.querySelector("#" + CSS.escape(old.id)) && !busy(old)) old.remove();
    });
    Array.prototype.slice.call(fresh.children).forEach(function (part) {
      var old = document.getElementById(part.id);
      if (old) renew(old, part); else list.appendChild(part);
    });
  }
  document.querySelectorAll("[data-live]").forEach(function (list) {
    function look() {
      fetch(list.dataset.live, { credentials: "same-origin", redirect: "error" }).then(function (answer) {
        if (!answer.ok) throw new Error();
        return answer.text();
      }).then(function (html) { show(list, html); }).catch(function () {}).then(again);
    }
    function again() { setTimeout(look, document.hidden ? 4 * every : every); }
    again();
  });
})();
