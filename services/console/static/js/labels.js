// Swagger UI and the AsyncAPI component have no translations: exact labels are replaced in place, Chinese first.

export const OPENAPI = {
  Authorize: "授权 Authorize",
  Authorized: "已授权 Authorized",
  Logout: "注销 Logout",
  Close: "关闭 Close",
  "Available authorizations": "可用的授权方式 Available authorizations",
  "Try it out": "试用 Try it out",
  Cancel: "取消 Cancel",
  Reset: "重置 Reset",
  Execute: "执行 Execute",
  Clear: "清除 Clear",
  Parameters: "参数 Parameters",
  "No parameters": "无参数 No parameters",
  Name: "名称 Name",
  Description: "说明 Description",
  "Request body": "请求体 Request body",
  Responses: "响应 Responses",
  Response: "响应 Response",
  "Server response": "服务器响应 Server response",
  "Response body": "响应体 Response body",
  "Response headers": "响应头 Response headers",
  "Request URL": "请求地址 Request URL",
  "Request duration": "耗时 Request duration",
  Code: "状态码 Code",
  Details: "详情 Details",
  Links: "链接 Links",
  "No links": "无 No links",
  "Media type": "媒体类型 Media type",
  "Controls ": "决定 Controls ",
  " header.": " 请求头 header.",
  "Example Value": "示例 Example",
  Example: "示例 Example",
  Examples: "示例 Examples",
  "Examples: ": "示例 Examples: ",
  Schema: "结构 Schema",
  Schemas: "数据结构 Schemas",
  Servers: "服务器 Servers",
  Server: "服务器 Server",
  Download: "下载 Download",
  "Expand all": "全部展开 Expand all",
  "Collapse all": "全部收起 Collapse all",
  "Edit Value": "编辑 Edit value",
  "Send empty value": "发送空值 Send empty value",
  required: "必填 required",
  "* required": "* 必填 required",
  "Loading...": "正在读取… Loading…",
  "Failed to load API definition.": "无法读取接口文档 Failed to load API definition.",
  Errors: "错误 Errors",
  Hide: "隐藏 Hide",
  "No operations defined in spec!": "文档没有接口 No operations defined in spec!",
  "Filter by tag or path": "按标签或路径筛选 Filter by tag or path",
  "Value: ": "值 Value: ",
  "Default value": "默认值 Default value",
  Unauthorized: "未授权 Unauthorized",
};

export const EVENTS = {
  Servers: "服务器 Servers",
  Operations: "操作 Operations",
  Messages: "消息 Messages",
  Message: "消息 Message",
  Schemas: "数据结构 Schemas",
  Schema: "数据结构 Schema",
  Introduction: "简介 Introduction",
  Payload: "内容 Payload",
  Headers: "消息头 Headers",
  Examples: "示例 Examples",
  Example: "示例 Example",
  SEND: "发送 SEND",
  RECEIVE: "接收 RECEIVE",
  Send: "发送 Send",
  Receive: "接收 Receive",
  required: "必填 required",
  "Message ID": "消息标识 Message ID",
  "Operation ID": "操作标识 Operation ID",
  "Channel Parameters": "主题参数 Channel parameters",
  "Additional information": "补充信息 Additional information",
  Security: "安全 Security",
  Tags: "标签 Tags",
  "Expand all": "全部展开 Expand all",
  "Collapse all": "全部收起 Collapse all",
  "Accepts the following message:": "接收以下消息 Accepts the following message:",
  "Accepts ": "接收以下消息 Accepts ",
  "Sending Send": "发送 Send",
  "Available only on servers:": "仅限服务器 Available only on servers:",
  "Show all": "显示全部 Show all",
  "one of": "其一 one of",
};

const ATTRIBUTES = ["placeholder", "title", "aria-label"];
// What services wrote, and code, stays as it is.
const UNTOUCHED = "pre, code, textarea, .markdown, .renderedMarkdown, .prose, .opblock-summary-path, .microlight";

function translateText(node, table) {
  const trimmed = node.data.trim();
  const found = table[node.data] ?? table[trimmed];
  if (!found || node.parentElement?.closest(UNTOUCHED)) return;
  node.data = found;
}

function translate(root, table) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) translateText(walker.currentNode, table);
  const elements = root.querySelectorAll?.(ATTRIBUTES.map((name) => `[${name}]`).join()) ?? [];
  for (const node of elements) {
    for (const name of ATTRIBUTES) {
      const found = table[node.getAttribute(name)];
      if (found) node.setAttribute(name, found);
    }
  }
}

// Keeps what is drawn inside a place translated; returns how to stop. Text nodes are changed, never replaced,
// because React goes on using them.
export function translated(place, table) {
  const observer = new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "characterData") translateText(record.target, table);
      for (const node of record.addedNodes) {
        if (node.nodeType === Node.TEXT_NODE) translateText(node, table);
        else if (node.nodeType === Node.ELEMENT_NODE) translate(node, table);
      }
    }
  });
  observer.observe(place, { childList: true, subtree: true, characterData: true });
  return () => observer.disconnect();
}
