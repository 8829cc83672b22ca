/* The print button of the slip; the browser's own menu does the same without it. */
(function () {
  "use strict";
  var button = document.getElementById("print");
  if (button) button.addEventListener("click", function () { window.print(); });
})();
