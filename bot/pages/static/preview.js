/* “先听一听” plays in the page. Without this file the button opens the sound in another window. */
(function () {
  "use strict";
  document.querySelectorAll("button[data-preview]").forEach(function (button) {
    var idle = button.textContent;
    var sound = null;
    function rest(words) { sound = null; button.disabled = false; button.textContent = words; }
    button.addEventListener("click", function (event) {
      event.preventDefault();
      if (sound) { sound.pause(); rest(idle); return; }
      button.textContent = button.dataset.wait;
      button.disabled = true;
      fetch(button.formAction, { method: "POST", body: new FormData(button.form) }).then(function (answer) {
        if (!answer.ok || !/^audio/.test(answer.headers.get("content-type"))) throw new Error();
        return answer.blob();
      }).then(function (blob) {
        sound = new Audio(URL.createObjectURL(blob));
        sound.addEventListener("ended", function () { rest(idle); });
        button.disabled = false;
        button.textContent = button.dataset.stop;
        return sound.play();
      }).catch(function (error) {
        // Stopped before the first sound: the browser calls that a failure too.
        if (error.name !== "AbortError") rest(button.dataset.failed);
      });
    });
  });
})();
