// What each service says about itself at /readyz, asked again every five seconds while the page is visible.

import { both, el, moment } from "./html.js";

const SECONDS = 5;
const STATUS = {
  ready: ["就绪", "ready", "good"],
  degraded: ["降级运行", "degraded", "fair"],
  unready: ["未就绪", "not ready", "bad"],
  unreachable: ["无响应", "unreachable", "bad"],
};
// What /readyz says is wrong begins with a word of the backbone; the rest is shown as it came.
const WORDS = [
  [/^migration (\S+) does not stand$/, (head) => `数据库迁移 ${head} 未执行`],
  [/^database: (.*)$/, (why) => `数据库异常（${why}）`],
  [/^broker: not connected$/, () => "消息服务未连接，写入照常，事件待发"],
  [/^broker: (.*)$/, (why) => `消息服务异常（${why}）`],
  [/^(\S+): missing stream$/, (name) => `缺少事件流 ${name}`],
  [/^(\S+): missing consumer$/, (name) => `缺少消费者 ${name}`],
  [/^(\S+): (\S+) is .*, declared .*$/, (name, field) => `${name} 的 ${field} 与声明不一致`],
];

const badge = (key) => {
  const [zh, en, kind] = STATUS[key] ?? [key, "", "fair"];
  return el("span", { class: `badge ${kind}` }, ...both(zh, en));
};

async function ask(path) {
  try {
    const answer = await fetch(`/${path}/readyz`, { cache: "no-store", signal: AbortSignal.timeout(4000) });
    const body = await answer.json();
    if (!(body.status in STATUS)) return { status: "unreachable", said: body.detail ? [body.detail] : [] };
    return { status: body.status, said: [...(body.wrong ?? []), ...(body.degraded ?? [])] };
  } catch {
    return { status: "unreachable", said: [] };
  }
}

function told(sentence) {
  for (const [pattern, chinese] of WORDS) {
    const found = pattern.exec(sentence);
    if (found) return both(chinese(...found.slice(1)), sentence);
  }
  return [sentence];
}

function card(service, { status, said }) {
  return el(
    "article",
    { class: "card service", "data-service": service.path, "data-status": status },
    el("h2", {}, ...both(service.zh, service.en)),
    badge(status),
    said.length ? el("ul", { class: "said" }, ...said.map((one) => el("li", {}, ...told(one)))) : null,
  );
}

export function readinessSection(place, { services }) {
  const cards = el("div", { class: "cards" });
  const asked = el("p", { class: "asked", role: "status" });
  const pause = el("input", { type: "checkbox", id: "refresh", checked: true });
  place.append(
    el("h1", {}, ...both("就绪情况", "Readiness")),
    el("div", { class: "bar" }, asked, el("label", { for: "refresh" }, pause, ...both(`每 ${SECONDS} 秒刷新`, `refresh every ${SECONDS} s`))),
    cards,
  );
  let asking = false;
  const refresh = async () => {
    if (asking || document.hidden) return;
    asking = true;
    const answers = await Promise.all(services.map((service) => ask(service.path)));
    asking = false;
    const good = answers.filter((answer) => answer.status === "ready").length;
    const summary = both(`${good}/${services.length} 个服务就绪`, `${good} of ${services.length} services ready`);
    asked.replaceChildren(...summary, ` · ${moment(Date.now())}`);
    cards.replaceChildren(...services.map((service, index) => card(service, answers[index])));
  };
  const timer = setInterval(() => pause.checked && refresh(), SECONDS * 1000);
  refresh();
  return () => clearInterval(timer);
}
