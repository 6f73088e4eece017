// Puts the document on the page.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", dress);
dress();

async function showConsole() {
  const answer = await fetch("/openapi.json");
  const spec = bringToToday(await answer.json(), Date.now());
  window.ui = SwaggerUIBundle({
    spec,
    dom_id: "#console",
    layout: "BaseLayout",
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [openFirstTag(spec.tags[0].name)],
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
