// One OpenAPI document in Swagger UI; the login is injected, so that it survives switching documents.

import { both, el, script } from "./html.js";
import { session } from "./login.js";
import { OPENAPI, translated } from "./labels.js";

let loading;

function withLogin(request) {
  const held = session();
  const here = new URL(request.url, location.href).origin === location.origin;
  if (held && here) request.headers.Authorization = `Bearer ${held.token}`;
  return request;
}

// Swagger UI then shows its padlocks closed, in every document that names a bearer scheme.
function authorize(ui) {
  const held = session();
  const schemes = ui.specSelectors.specJson().getIn(["components", "securitySchemes"]);
  schemes?.forEach((scheme, name) => {
    if (!held || scheme.get("scheme")?.toLowerCase() !== "bearer") return;
    ui.preauthorizeApiKey(name, held.token);
  });
}

export function documentSection(place, service) {
  const target = el("div", { class: "swagger" });
  place.append(
    el("h1", { class: "unseen" }, ...both(`${service.zh}服务接口`, `${service.en} API`)),
    el("p", { class: "status", role: "status" }, ...both("正在读取接口文档…", "loading the document…")),
    target,
  );
  const status = place.querySelector(".status");
  let present = true;
  const stop = translated(target, OPENAPI);
  loading ??= script("/static/vendor/swagger-ui/swagger-ui-bundle.js");
  loading
    .then(() => {
      if (!present) return;
      const ui = window.SwaggerUIBundle({
        url: `/${service.path}/openapi.json`,
        domNode: target,
        layout: "BaseLayout",
        docExpansion: "list",
        defaultModelsExpandDepth: 0,
        displayRequestDuration: true,
        filter: true,
        validatorUrl: null,
        persistAuthorization: false,
        requestInterceptor: withLogin,
        onComplete: () => {
          authorize(ui);
          status.remove();
        },
      });
    })
    .catch((fault) => status.replaceChildren(...both(`无法显示文档：${fault.message}`, "The document cannot be shown")));
  return () => {
    present = false;
    stop();
  };
}
