// The offline shell. It never answers for the API: data is either fresh or said to be missing.
const CACHE = `hauberk-${__VERSION__}`;
const SHELL = __SHELL__;
const REST = __REST__;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// The code of every page, once the first one has nothing to load any more: places that were not visited yet open without
// a connection too, and a tab that is older than the server goes on with the code that it began with.
async function keepRest() {
  const cache = await caches.open(CACHE);
  for (const path of REST)
    if (!(await cache.match(path, { ignoreVary: true }))) await cache.add(path).catch(() => undefined);
}

self.addEventListener("message", (event) => {
  if (event.data === "activate") self.skipWaiting();
  if (event.data === "keep") event.waitUntil(keepRest());
});

// Module scripts are asked for with "Vary: Origin"; without ignoreVary they would miss the cache when offline.
const kept = (key) => caches.match(key, { ignoreVary: true });

async function asset(request) {
  const hit = await kept(request);
  if (hit) return hit;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (/^\/(api|health|metrics)(\/|$)/.test(url.pathname)) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await kept("/")) ?? Response.error()));
  } else if (url.pathname.startsWith("/assets/") || SHELL.includes(url.pathname)) {
    event.respondWith(asset(request));
  }
});
