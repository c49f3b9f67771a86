// Builds elements: text is always text, so that no answer of a service can become markup.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

export const both = (zh, en) => [zh, " ", el("span", { lang: "en" }, en)];

// Loads a classic script once it is needed.
export function script(source) {
  return new Promise((resolve, reject) => {
    const failed = () => reject(new Error(source));
    document.head.append(el("script", { src: source, onload: resolve, onerror: failed }));
  });
}

export function notice(zh, en) {
  const place = document.getElementById("notice");
  place.hidden = !zh;
  place.replaceChildren(...(zh ? both(zh, en) : []));
}

const SHANGHAI = { timeZone: "Asia/Shanghai", hour12: false };

export const moment = (instant) =>
  new Date(instant).toLocaleString("zh-CN", { ...SHANGHAI, dateStyle: "short", timeStyle: "medium" });
