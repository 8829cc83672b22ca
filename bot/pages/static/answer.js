/* Answers a question by one spoken word: press, speak, press again. Without it there are the buttons. */
(function () {
  "use strict";
  var LONGEST = 6000; // ms: it is one word
  var able = window.isSecureContext && navigator.mediaDevices && window.MediaRecorder;
  document.querySelectorAll("form.spoken").forEach(function (form) {
    if (!able) return;
    var button = form.querySelector("button");
    var state = form.querySelector("[role=status]");
    var before = button.textContent;
    var recorder = null;
    form.hidden = false;
    button.addEventListener("click", function () { recorder ? recorder.stop() : start(); });

    function start() {
      navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } }).then(function (stream) {
        var parts = [];
        recorder = new MediaRecorder(stream);
        var timer = setTimeout(function () { recorder.stop(); }, LONGEST);
        recorder.ondataavailable = function (event) { parts.push(event.data); };
        recorder.onstop = function () {
          clearTimeout(timer);
          stream.getTracks().forEach(function (track) { track.stop(); });
          send(new Blob(parts, { type: recorder.mimeType }));
          recorder = null;
          button.textContent = before;
        };
        recorder.start();
        button.textContent = form.dataset.stop;
      }).catch(function () { state.textContent = form.dataset.refused; });
    }

    function send(blob) {
      var data = new FormData(form);
      data.append("sound", blob, "answer");
      state.textContent = form.dataset.uploading;
      fetch(form.action, { method: "POST", body: data, redirect: "manual" }).then(function (answer) {
        if (answer.type !== "opaqueredirect") throw new Error();
        location.reload();
      }).catch(function () { state.textContent = form.dataset.failed; });
    }
  });
})();
