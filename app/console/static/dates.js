// The document is the same on every day. Here the dates of its examples move by whole weeks to lie around today.
"use strict";

const DAY = 24 * 60 * 60 * 1000;
const WEEK = 7 * DAY;
const DATED = /(^|[\n,;/])(\d{4}-\d\d-\d\d)(?=$|T\d\d:\d\d|[\n,;/])/g; // a value, or a cell of a table

function bringToToday(document, now) {
  const today = Math.floor(now / DAY) * DAY;
  const { past, coming } = document.info["x-example-days"];
  const [before, ahead] = [Date.parse(past), Date.parse(coming)];
  const back = Math.floor((today - before) / WEEK) * WEEK; // what happened stays behind us
  const on = Math.ceil((today - ahead) / WEEK) * WEEK; // what is to come stays ahead

  function moved(text) {
    return text.replace(DATED, (_, start, date) => {
      const day = Date.parse(date);
      const nearer = Math.abs(day - before) < Math.abs(day - ahead) ? back : on;
      return start + new Date(day + nearer).toISOString().slice(0, 10);
    });
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
