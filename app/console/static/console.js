// Puts the document on the page.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", dress);
dress();

async function showConsole() {
  const spec = bringToToday(await readDocument(await goodKey()), Date.now());
  window.ui = SwaggerUIBundle({
    spec,
    dom_id: "#console",
    layout: "BaseLayout",
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [openFirstTag(spec.tags[0].name), checkKeys],
    defaultModelsExpandDepth: -1,
    defaultModelExpandDepth: 3,
    defaultModelRendering: "example",
    displayRequestDuration: true,
    docExpansion: "none",
    filter: true,
    persistAuthorization: true,
    queryConfigEnabled: false,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
}

// The remembered key while it is good, with its agency's name in the header. One that has ended is forgotten.
async function goodKey() {
  const key = rememberedKey();
  if (key === null) return null;
  const { name, wrong } = await askAgency(key);
  if (wrong) forgetKey();
  if (name === undefined) return null;
  document.getElementById("agency").textContent = name;
  return key;
}

// The document with examples for this reader. Without the database the neutral one still says how everything works.
async function readDocument(key) {
  const answer = await fetch("/docs/document.json", bearer(key));
  return (answer.ok ? answer : await fetch("/openapi.json")).json();
}

// Of all the tags only the first of the day is open; the rest are one click away.
function openFirstTag(first) {
  return () => ({
    statePlugins: {
      layout: {
        wrapSelectors: {
          isShown: (original) => (_state, thing, fallback) =>
            original(thing, thing[0] === "operations-tag" && thing[1] === first ? true : fallback),
        },
      },
    },
  });
}

showConsole();
