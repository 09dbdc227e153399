// What the browser keeps of Guichet: the files that every page shares, and one page that says that the server is
// not reached. Nothing else is ever kept: no page with anybody's data, no file, no answer for a script. Above stand,
// for this build: name, of what it keeps; kept, the addresses; page, the one of them that is shown.

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(kept.map((url) => new Request(url, { credentials: "omit" })))));
  // Where browsers can, they do not even start this program for what it leaves alone.
  const ours = { or: [{ requestMode: "navigate" }, ...kept.map((url) => ({ urlPattern: url }))] };
  try {
    Promise.resolve(event.addRoutes?.({ condition: { not: ours }, source: "network" })).catch(() => {});
  } catch { /* an older browser asks each time */ }
});

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const other of await caches.keys()) if (other.startsWith("guichet ") && other !== name) await caches.delete(other);
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (kept.includes(url.pathname)) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((found) => found ?? fetch(request)));
  } else if (request.mode === "navigate" && request.destination === "document" && !/^\/(api|documents|dev)\//.test(url.pathname)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(page)) ?? Response.error()));
  }
});
