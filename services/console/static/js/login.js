// One login for all documents: authorization code with PKCE (S256). The token stays in this tab's sessionStorage.

const TOKEN = "anze.token";
const PENDING = "anze.pending";

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const redirectUri = () => `${location.origin}/`;

async function metadata(configuration) {
  const answer = await fetch(`${configuration.issuer}/.well-known/openid-configuration`);
  if (!answer.ok) throw new Error(`issuer: ${answer.status}`);
  return answer.json();
}

export function session() {
  const held = JSON.parse(sessionStorage.getItem(TOKEN) ?? "null");
  if (held && held.expiresAt > Date.now()) return held;
  sessionStorage.removeItem(TOKEN);
  return null;
}

export const logout = () => sessionStorage.removeItem(TOKEN);

export async function login(configuration) {
  const { authorization_endpoint: endpoint } = await metadata(configuration);
  const pending = { verifier: random(), state: random(), hash: location.hash };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const challenge = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier));
  const query = new URLSearchParams({
    response_type: "code",
    client_id: configuration.client_id,
    redirect_uri: redirectUri(),
    scope: "openid",
    state: pending.state,
    code_challenge: base64url(challenge),
    code_challenge_method: "S256",
  });
  location.assign(`${endpoint}?${query}`);
}

// Finishes a login that this tab began; true when the address carried an answer of the issuer.
export async function finishLogin(configuration) {
  const query = new URLSearchParams(location.search);
  if (!query.has("state")) return false;
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null");
  sessionStorage.removeItem(PENDING);
  history.replaceState(null, "", `/${pending?.hash ?? ""}`);
  if (!pending || pending.state !== query.get("state")) throw new Error("state");
  if (query.has("error")) throw new Error(query.get("error_description") ?? query.get("error"));
  const { token_endpoint: endpoint } = await metadata(configuration);
  const answer = await fetch(endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: query.get("code"),
      client_id: configuration.client_id,
      redirect_uri: redirectUri(),
      code_verifier: pending.verifier,
    }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error_description ?? body.error);
  sessionStorage.setItem(TOKEN, JSON.stringify(read(body)));
  return true;
}

// What the page shows of a token; the services alone judge whether it is valid.
function read(body) {
  const bytes = Uint8Array.from(
    atob(body.access_token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")),
    (character) => character.charCodeAt(0),
  );
  const claims = JSON.parse(new TextDecoder().decode(bytes));
  return {
    token: body.access_token,
    expiresAt: claims.exp * 1000,
    name: claims.name ?? claims.sub,
    subject: claims.sub,
    grants: claims.grants ?? [],
  };
}
