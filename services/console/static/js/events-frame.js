// Inside the sandboxed frame: draws the document that the page hands over. No token, no storage, no network here.

import { script } from "./html.js";
import { EVENTS, translated } from "./labels.js";

const target = (root, reference) =>
  reference
    .slice(2)
    .split("/")
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((node, part) => node?.[part], root);

// Replaces every local reference by the very object it names: the renderer compares channels by identity.
// A reference to something around itself stays, so that the result is finite.
function resolved(root) {
  const done = new Set();
  const visit = (node, around) => {
    if (node === null || typeof node !== "object" || done.has(node)) return;
    const within = [...around, node];
    for (const [key, value] of Object.entries(node)) {
      let next = value;
      while (typeof next?.$ref === "string" && next.$ref.startsWith("#/")) next = target(root, next.$ref) ?? {};
      if (within.includes(next)) continue;
      node[key] = next;
      visit(next, within);
    }
    done.add(node);
  };
  for (const [name, schema] of Object.entries(root.components?.schemas ?? {})) schema["x-parser-schema-id"] ??= name;
  for (const [name, message] of Object.entries(root.components?.messages ?? {})) message.name ??= name;
  visit(root, []);
  return { ...root, "x-parser-spec-parsed": true, "x-parser-api-version": 3 };
}

async function draw(schema) {
  const place = document.getElementById("asyncapi");
  translated(place, EVENTS);
  await script("/static/vendor/asyncapi/asyncapi-standalone.js");
  window.AsyncApiStandalone.render({ schema: resolved(schema), config: { show: { sidebar: true } } }, place);
}

addEventListener("message", ({ source, data }) => {
  if (source !== parent) return;
  draw(data).then(
    () => parent.postMessage({ drawn: true }, "*"),
    (fault) => parent.postMessage({ failed: fault.message }, "*"),
  );
});
parent.postMessage({ waiting: true }, "*");
