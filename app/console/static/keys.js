// The API key of this browser: checked before it is accepted, and remembered by Swagger UI.
"use strict";

const STORE = "authorized"; // where Swagger UI keeps what `persistAuthorization` remembers

function bearer(key) {
  return key ? { headers: { Authorization: `Bearer ${key}` } } : {};
}

function rememberedKey() {
  try {
    const [kept] = Object.values(JSON.parse(localStorage.getItem(STORE)) ?? {});
    return kept?.value ?? null;
  } catch {
    return null; // no storage, or not what Swagger UI writes
  }
}

function forgetKey() {
  try {
    localStorage.removeItem(STORE);
  } catch {
    // no storage, nothing to forget
  }
}

// Ask the service who a key belongs to. `refused` is why it is not accepted, in the words of the problem document.
async function askAgency(key) {
  let answer;
  try {
    answer = await fetch("/v1/agency", bearer(key));
  } catch {
    return { refused: "The service could not be reached. Try again." };
  }
  const document = await answer.json().catch(() => ({}));
  if (answer.ok) return { name: document.name };
  // The operator's key opens no agency, and is good for what needs the operator.
  if (answer.status === 403) return { name: "Operator" };
  return { refused: document.detail ?? `The service answered ${answer.status}.`, wrong: answer.status === 401 };
}

// A wrong key is refused in the dialog. After a good one the page starts again, with that agency's examples.
function checkKeys() {
  return {
    statePlugins: {
      auth: {
        wrapActions: {
          authorizeWithPersistOption:
            (original, { errActions }) =>
            async (entered) => {
              for (const [scheme, auth] of Object.entries(entered)) {
                const key = (auth.value ?? "").trim().replace(/^Bearer\s+/i, "");
                const { refused } = await askAgency(key);
                errActions.clear({ authId: scheme });
                if (refused) {
                  errActions.newAuthErr({ authId: scheme, source: "Refused.", level: "", message: refused });
                  return;
                }
                original({ [scheme]: { ...auth, value: key } });
              }
              startAgain();
            },
          logoutWithPersistOption: (original) => (schemes) => {
            original(schemes);
            startAgain();
          },
        },
      },
    },
  };
}

function startAgain() {
  location.reload();
}
