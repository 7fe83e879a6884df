"use strict";
// Shows what belongs to the second at which the player is: the caption, the chapter, how the rollout stands.
(() => {
  const find = (name) => document.getElementById(name);
  const data = JSON.parse(find("data").textContent);
  const player = AsciinemaPlayer.create({ data: data.cast }, find("player"), {
    idleTimeLimit: data.idle, fit: "width", preload: true, poster: "npt:" + Math.max(0, data.seconds - 0.1), controls: true,
  });
  window.player = player;
  const buttons = [...document.querySelectorAll("nav button")];
  const last = (all, at, of) => all.filter((one) => of(one) <= at + 0.001).pop();

  const show = (at) => {
    const caption = last(data.captions, at, (one) => one[0]);
    const words = caption ? caption[1] : "";
    if (find("caption").textContent !== words) find("caption").textContent = words;
    const current = last(buttons, at, (one) => +one.dataset.at);
    buttons.forEach((one) => one === current ? one.setAttribute("aria-current", "true") : one.removeAttribute("aria-current"));
    if (find("stage")) stand(at);
  };

  const stand = (at) => {
    const now = last(data.rollout, at, (one) => one.at);
    find("stage").textContent = now ? now.title : "–";
    find("weight").textContent = now ? now.weight + "%" : "–";
    find("success").textContent = now && now.success !== null ? now.success + "%" : "–";
    const place = document.querySelector("#chart .now");
    if (place) place.setAttribute("transform", "translate(" + 300 * at / data.seconds + ",0)");
  };

  const chart = () => {
    if (!find("chart")) return;
    const x = (at) => 300 * at / data.seconds, y = (weight) => 100 - weight;
    let line = "M0," + y(0);
    for (const one of data.rollout) line += "H" + x(one.at).toFixed(1) + "V" + y(one.weight);
    const success = data.rollout.filter((one) => one.success !== null)
      .map((one) => x(one.at).toFixed(1) + "," + y(one.success)).join(" ");
    find("chart").innerHTML = '<svg viewBox="0 -4 300 108" preserveAspectRatio="none"><path class="grid" d="M0,0H300M0,50H300M0,100H300"/>'
      + '<polyline class="success" points="' + success + '"/><path class="weight" d="' + line + 'H300"/>'
      + '<path class="now" d="M0,-4V104"/></svg>';
  };

  buttons.forEach((one) => one.addEventListener("click", async () => {
    await player.seek(+one.dataset.at);
    show(+one.dataset.at);
    player.play();
  }));
  chart();
  show(0);
  const follow = async () => show(await player.getCurrentTime() || 0);
  ["play", "playing", "pause", "seeked", "marker", "ended"].forEach((name) => player.addEventListener(name, follow));
  setInterval(follow, 100);
})();
