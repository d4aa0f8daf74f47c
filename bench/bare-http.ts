/**
 * `node:http` and nothing behind it, in a process of its own: reads each request and gives an answer of the size and with the
 * headers of Encrypt's. What a server on `node:http` can reach at most on the machine as it is just then.
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const body = JSON.stringify({
  CiphertextBlob: Buffer.alloc(152, 7).toString("base64"),
  KeyId: "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
});
const headers = {
  "content-type": "application/x-amz-json-1.1",
  "content-length": String(body.length),
  "cache-control": "no-cache, no-store, must-revalidate, private",
  "x-amzn-requestid": "1234abcd-12ab-34cd-56ef-1234567890ab",
};

const server = createServer({ noDelay: true }, (request, response) => {
  request.on("data", () => {});
  request.on("end", () => response.writeHead(200, headers).end(body, "latin1"));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
