/* “读给我听” plays in the page. Without this file the link opens the sound itself. */
(function () {
  "use strict";
  var link = document.getElementById("listen");
  var text = document.getElementById("listen-text");
  if (!link || !window.Audio) return;
  var sound = null;
  function show(name) { text.textContent = link.getAttribute("data-" + name); }
  link.addEventListener("click", function (event) {
    event.preventDefault();
    if (sound) {
      sound.pause();
      sound = null;
      show("listen");
      return;
    }
    var mine = sound = new Audio(link.href);
    show("wait");
    mine.addEventListener("playing", function () { if (sound === mine) show("stop"); });
    mine.addEventListener("ended", function () { if (sound === mine) { sound = null; show("listen"); } });
    mine.addEventListener("error", function () { if (sound === mine) { sound = null; show("failed"); } });
    var playing = mine.play();
    if (playing && playing.catch) {
      playing.catch(function () { if (sound === mine) { sound = null; show("failed"); } });
    }
  });
})();
