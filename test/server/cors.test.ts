import { expect, test } from "vitest";
import { withCors } from "../../src/server/cors.ts";
import { createEndpoint } from "../../src/server/endpoint.ts";
import { fetchHandler } from "../../src/server/fetch.ts";
import { fakeService, post } from "./fake-service.ts";

const endpoint = createEndpoint(fakeService());
const page = "https://app.example";
const preflight = (origin: string): Request =>
  new Request("http://kms.example/", {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,x-amz-target",
    },
  });

test("Without being asked for, no page of a browser may read an answer", async () => {
  const fetch = fetchHandler(endpoint);
  for (const request of [preflight(page), post("TrentService.ListKeys", "{}", { origin: page })]) {
    const { headers } = await fetch(request);
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
});

test("A named origin may, with the headers that it asks for", async () => {
  const fetch = fetchHandler(withCors(endpoint, [page]));
  const asked = await fetch(preflight(page));
  expect(asked.status).toBe(200);
  expect(asked.headers.get("access-control-allow-origin")).toBe(page);
  expect(asked.headers.get("access-control-allow-headers")).toBe("authorization,x-amz-target");
  const answered = await fetch(post("TrentService.ListKeys", "{}", { origin: page }));
  expect(answered.status).toBe(200);
  expect(answered.headers.get("access-control-allow-origin")).toBe(page);
  expect(answered.headers.get("access-control-expose-headers")).toContain("x-amzn-requestid");
});

test("Another origin may not", async () => {
  const fetch = fetchHandler(withCors(endpoint, [page]));
  for (const origin of ["https://app.example.evil", "http://app.example", "null"]) {
    expect((await fetch(preflight(origin))).headers.get("access-control-allow-origin")).toBeNull();
  }
});
