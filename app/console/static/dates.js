// The document is the same on every day. Here the dates of its examples move by whole weeks to lie around today.
"use strict";

const DAY = 24 * 60 * 60 * 1000;
const WEEK = 7 * DAY;
const DATED = /^(\d{4}-\d\d-\d\d)($|T\d\d:\d\d)/;

function bringToToday(document, now) {
  const today = Math.floor(now / DAY) * DAY;
  const { past, coming } = document.info["x-example-days"];
  const [before, ahead] = [Date.parse(past), Date.parse(coming)];
  const back = Math.floor((today - before) / WEEK) * WEEK; // what happened stays behind us
  const on = Math.ceil((today - ahead) / WEEK) * WEEK; // what is to come stays ahead

  function moved(text) {
    const dated = DATED.exec(text);
    if (!dated) return text;
    const day = Date.parse(dated[1]);
    const nearer = Math.abs(day - before) < Math.abs(day - ahead) ? back : on;
    return new Date(day + nearer).toISOString().slice(0, 10) + text.slice(10);
  }

  function walk(part, inside) {
    if (typeof part === "string") return inside ? moved(part) : part;
    if (Array.isArray(part)) return part.map((item) => walk(item, inside));
    if (part === null || typeof part !== "object") return part;
    const example = (key) => inside || key === "example" || key === "examples";
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, walk(value, example(key))]));
  }

  return walk(document, false);
}
