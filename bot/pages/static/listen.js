/* “读给我听” plays in the page, and what is said lights up. Without this file the link opens the
   sound itself. */
(function () {
  "use strict";
  var link = document.getElementById("listen");
  var text = document.getElementById("listen-text");
  var along = document.getElementById("along");
  if (!link || !window.Audio) return;
  var sound = null;
  var ticking = 0;
  function show(name) { text.textContent = link.getAttribute("data-" + name); }
  function end(name) {
    clearInterval(ticking);
    along.hidden = true;
    sound = null;
    show(name);
  }

  // The words come after the sound has begun: made once, they are ready then, and never hold it up.
  function light(mine) {
    fetch(link.href.replace(/\.mp3$/, ".json")).then(function (answer) { return answer.json(); }).then(function (said) {
      if (sound !== mine) return;
      var parts = said.chapters.map(function (chapter) {
        var part = document.createElement("span");
        part.textContent = chapter.text;
        return part;
      });
      along.replaceChildren.apply(along, parts);
      along.hidden = false;
      var still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      along.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
      ticking = setInterval(function () {
        said.chapters.forEach(function (chapter, at) {
          parts[at].classList.toggle("on", chapter.start <= mine.currentTime && mine.currentTime < chapter.end);
        });
      }, 60);
    }).catch(function () {}); // heard all the same
  }

  link.addEventListener("click", function (event) {
    event.preventDefault();
    if (sound) {
      sound.pause();
      end("listen");
      return;
    }
    var mine = sound = new Audio(link.href);
    show("wait");
    mine.addEventListener("playing", function () {
      if (sound !== mine || along.hidden === false) return;
      show("stop");
      light(mine);
    });
    mine.addEventListener("ended", function () { if (sound === mine) end("listen"); });
    mine.addEventListener("error", function () { if (sound === mine) end("failed"); });
    var playing = mine.play();
    if (playing && playing.catch) {
      playing.catch(function () { if (sound === mine) end("failed"); });
    }
  });
})();
