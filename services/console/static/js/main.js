// The page: tabs by address fragment, one login, the section that the fragment names.

import { both, el, moment, notice } from "./html.js";
import { finishLogin, login, logout, session } from "./login.js";
import { documentSection } from "./documents.js";
import { eventsSection } from "./events.js";
import { readinessSection } from "./readiness.js";
import { linksSection } from "./links.js";

const main = document.getElementById("main");
let configuration;
let leave = () => {};

const sections = () => [
  ...configuration.services.map((service) => ({
    id: service.path,
    zh: service.zh,
    en: service.en,
    show: (place) => documentSection(place, service),
  })),
  { id: "events", zh: "事件", en: "Events", show: eventsSection },
  { id: "readiness", zh: "就绪", en: "Readiness", show: (place) => readinessSection(place, configuration) },
  { id: "links", zh: "链接", en: "Links", show: (place) => linksSection(place, configuration) },
];

function drawTabs(current) {
  const items = sections().map((section) =>
    el(
      "li",
      {},
      el(
        "a",
        { href: `#/${section.id}`, "aria-current": section === current || section.id === current.id ? "page" : null },
        ...both(section.zh, section.en),
      ),
    ),
  );
  document.getElementById("tabs").replaceChildren(...items);
}

function drawPerson() {
  const place = document.getElementById("person");
  const held = session();
  if (!held) {
    const begin = () => login(configuration).catch((fault) => notice(`无法登录：${fault.message}`, "Cannot sign in"));
    place.replaceChildren(el("button", { type: "button", id: "login", onclick: begin }, ...both("登录", "Sign in")));
    return;
  }
  const grants = held.grants.map((grant) =>
    el("li", {}, el("code", {}, grant.role), ` · ${grant.region} · ${grant.organ ?? "全部机关 any organ"}`),
  );
  const whoami = el(
    "details",
    { class: "whoami" },
    el("summary", { id: "whoami" }, held.name),
    el(
      "div",
      { class: "card" },
      el("p", {}, ...both("当前用户", "Signed in as"), el("br"), el("code", {}, held.subject)),
      el("p", {}, ...both("授权", "Grants")),
      el("ul", {}, ...grants),
      el("p", {}, ...both("有效至", "valid until"), ` ${moment(held.expiresAt)}`),
    ),
  );
  const end = () => {
    logout();
    drawPerson();
    route();
  };
  place.replaceChildren(
    whoami,
    el("button", { type: "button", id: "logout", class: "quiet", onclick: end }, ...both("退出", "Sign out")),
  );
}

async function drawClock() {
  if (!configuration.development) return;
  const answer = await fetch("/dev/clock");
  if (!answer.ok) return;
  const { now, offset_seconds: offset } = await answer.json();
  const place = document.getElementById("clock");
  place.hidden = offset === 0;
  place.replaceChildren(...both("开发时钟", "Development clock"), el("time", { datetime: now }, moment(now)));
}

function route() {
  const wanted = location.hash.replace(/^#\//, "");
  const section = sections().find((one) => one.id === wanted) ?? sections()[0];
  leave();
  drawTabs(section);
  document.title = `${section.zh} ${section.en} · 安责 Anze`;
  const place = el("section", { class: `section ${section.id}`, "aria-label": `${section.zh} ${section.en}` });
  main.replaceChildren(place);
  leave = section.show(place) ?? (() => {});
  drawClock();
}

async function start() {
  configuration = await (await fetch("/console.json")).json();
  const origin = new URL(configuration.issuer).origin;
  if (configuration.development && origin !== location.origin) {
    // The development issuer knows one address only: localhost and 127.0.0.1 are two.
    location.replace(`${origin}/${location.hash}`);
    return;
  }
  try {
    await finishLogin(configuration);
  } catch (fault) {
    notice(`登录未完成：${fault.message}`, "Sign-in was not completed");
  }
  drawPerson();
  route();
  addEventListener("hashchange", () => {
    // The skip link's fragment is no section.
    if (location.hash.startsWith("#/")) route();
  });
}

start().catch((fault) => notice(`页面无法启动：${fault.message}`, "The page cannot start"));
