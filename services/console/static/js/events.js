// The generated AsyncAPI 3.0 document. Its renderer compiles JSON Schemas with eval, which the page's content policy
// forbids; it therefore runs in a sandboxed frame of an opaque origin that can reach neither token nor network.

import { both, el } from "./html.js";

export function eventsSection(place) {
  const status = el("p", { class: "status", role: "status" }, ...both("正在读取事件文档…", "loading the document…"));
  const failed = (why) => status.replaceChildren(...both(`无法显示事件文档：${why}`, "The document cannot be shown"));
  const document = fetch("/asyncapi.json").then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  });
  const frame = el("iframe", { src: "/events", sandbox: "allow-scripts", title: "事件文档 AsyncAPI document" });
  const hear = ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    if (data.waiting) document.then((content) => source.postMessage(content, "*"), (fault) => failed(fault.message));
    if (data.drawn) status.remove();
    if (data.failed) failed(data.failed);
  };
  addEventListener("message", hear);
  place.append(el("h1", {}, ...both("事件", "Events (AsyncAPI 3.0)")), status, frame);
  return () => removeEventListener("message", hear);
}
