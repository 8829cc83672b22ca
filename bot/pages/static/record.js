/* Records one prompt and sends it; draws a take so that it can be trimmed. Without this file a
   recorded file can be chosen instead, and the sliders work all the same. */
(function () {
  "use strict";
  var LONGEST = 20000; // ms, as the service takes
  var form = document.getElementById("recorder");
  var button = document.getElementById("record");
  var state = document.getElementById("recorder-state");
  var level = document.getElementById("level");
  var recorder = null;

  if (form) {
    if (window.isSecureContext && navigator.mediaDevices && window.MediaRecorder) {
      form.hidden = false;
      button.addEventListener("click", function () { recorder ? recorder.stop() : start(); });
    } else {
      state.textContent = form.dataset.refused;
    }
  }

  function start() {
    // What the browser would smooth away for a call belongs to a good recording.
    var wanted = { channelCount: 1, echoCancellation: false, noiseSuppression: true, autoGainControl: false };
    navigator.mediaDevices.getUserMedia({ audio: wanted }).then(function (stream) {
      var parts = [];
      var before = button.textContent;
      recorder = new MediaRecorder(stream, { audioBitsPerSecond: 128000 });
      var timer = setTimeout(function () { recorder.stop(); }, LONGEST - 200);
      var quiet = meter(stream);
      recorder.ondataavailable = function (event) { parts.push(event.data); };
      recorder.onstop = function () {
        clearTimeout(timer);
        quiet();
        stream.getTracks().forEach(function (track) { track.stop(); });
        button.textContent = before;
        send(new Blob(parts, { type: recorder.mimeType }));
        recorder = null;
      };
      recorder.start();
      button.textContent = form.dataset.stop;
      button.classList.add("danger");
      state.textContent = "";
    }).catch(function () { state.textContent = form.dataset.refused; });
  }

  function meter(stream) {
    var context = new AudioContext();
    var analyser = context.createAnalyser();
    var samples = new Float32Array(analyser.fftSize);
    context.createMediaStreamSource(stream).connect(analyser);
    var ticking = setInterval(function () {
      analyser.getFloatTimeDomainData(samples);
      level.value = Math.min(1, 2 * samples.reduce(function (most, each) { return Math.max(most, Math.abs(each)); }, 0));
    }, 60);
    return function () {
      clearInterval(ticking);
      level.value = 0;
      button.classList.remove("danger");
      context.close();
    };
  }

  function send(blob) {
    var data = new FormData(form);
    data.append("sound", blob, "take");
    state.textContent = form.dataset.uploading;
    button.disabled = true;
    // Not followed here: the page it leads to says once what was done.
    fetch(form.action, { method: "POST", body: data, redirect: "manual" }).then(function (answer) {
      if (answer.type === "opaqueredirect") { location.assign(location.pathname); return null; }
      return answer.text().then(function (html) {
        var alarm = new DOMParser().parseFromString(html, "text/html").querySelector("[role=alert]");
        throw new Error(alarm ? alarm.textContent : form.dataset.failed);
      });
    }).catch(function (error) {
      button.disabled = false;
      state.textContent = error instanceof TypeError ? form.dataset.failed : error.message;
    });
  }

  var wave = document.getElementById("wave");
  if (!wave) return;
  var sliders = ["begin", "end"].map(function (name) { return document.getElementById(name); });
  var peaks = [];

  function draw() {
    var pen = wave.getContext("2d");
    var longest = Number(sliders[0].max);
    var style = getComputedStyle(document.documentElement);
    pen.clearRect(0, 0, wave.width, wave.height);
    peaks.forEach(function (peak, at) {
      var second = at / peaks.length * longest;
      var used = second >= Number(sliders[0].value) && second <= Number(sliders[1].value);
      pen.fillStyle = style.getPropertyValue(used ? "--green" : "--line");
      pen.fillRect(at * 2, (1 - peak) * wave.height / 2, 1.5, Math.max(1, peak * wave.height));
    });
  }

  sliders.forEach(function (slider) {
    slider.addEventListener("input", function () {
      document.querySelector("output[for=" + slider.id + "]").value = Number(slider.value).toFixed(2);
      draw();
    });
  });
  fetch(wave.dataset.src).then(function (answer) { return answer.arrayBuffer(); }).then(function (bytes) {
    return new OfflineAudioContext(1, 1, 16000).decodeAudioData(bytes);
  }).then(function (sound) {
    var samples = sound.getChannelData(0);
    var size = Math.ceil(samples.length / 400);
    for (var at = 0; at < samples.length; at += size) {
      peaks.push(samples.slice(at, at + size).reduce(function (most, each) { return Math.max(most, Math.abs(each)); }, 0));
    }
    var most = Math.max.apply(null, peaks) || 1;
    peaks = peaks.map(function (peak) { return peak / most; });
    wave.hidden = false;
    draw();
  }).catch(function () {});
})();
