// Where the machine-readable documents and probes are.

import { both, el } from "./html.js";

const link = (href, ...text) => el("li", {}, el("a", { href }, ...text), " ", el("code", {}, href));

export function linksSection(place, { services, issuer, development }) {
  const group = (zh, en, items) => el("article", { class: "card" }, el("h2", {}, ...both(zh, en)), el("ul", {}, ...items));
  const own = [link("/asyncapi.json", ...both("事件文档", "AsyncAPI 3.0 document"))];
  own.push(link(`${issuer}/.well-known/openid-configuration`, ...both("签发方元数据", "issuer metadata")));
  if (development) own.push(link("/dev/clock", ...both("开发时钟", "development clock")));
  own.push(link("/static/vendor/VENDORED.toml", ...both("第三方文件清单", "vendored files and licences")));
  const cards = services.map((service) =>
    group(service.zh, service.en, [
      link(`/${service.path}/openapi.json`, ...both("接口文档", "OpenAPI 3.1 document")),
      link(`/${service.path}/readyz`, ...both("就绪", "readiness")),
      link(`/${service.path}/healthz`, ...both("存活", "liveness")),
    ]),
  );
  place.append(
    el("h1", {}, ...both("链接", "Links")),
    el("div", { class: "cards" }, ...cards, group("公共", "Shared", own)),
  );
}
