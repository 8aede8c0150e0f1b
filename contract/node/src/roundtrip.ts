// The round trips of contract/clients by a client that is generated from the documents. The compiler checks this program
// against the types of the documents. The program checks the responses of the fake.
import assert from "node:assert/strict";
import { appendTagsToConversation, createConversationForCustomer, updateConversationAttributes } from "../build/client";
import type { ConversationUpdate, ErrorResponse } from "../build/client";
import { createClient } from "../build/client/client";
import { getCustomAttributeMetadata } from "../build/metadata";
import { createClient as createMetadataClient } from "../build/metadata/client";
import { getConversationByExternalId, getConversationsByCustomer, getCustomerByEmail, getCustomerByPhone, removeTagsFromConversation } from "../build/related";
import { createClient as createRelatedClient } from "../build/related/client";

const env = (name: string): string => {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
};

const auth = env("KUSTOMER_API_KEY");
const at = (name: string, key = auth) => createClient({ baseUrl: env(name), auth: key });
const client = at("KUSTOMER_URL");
const customer = { id: env("KUSTOMER_CUSTOMER") };
let calls = 0;

// refused asserts a refusal and returns its first error.
function refused(got: { error?: unknown; response?: Response }, status: number) {
  calls++;
  assert.equal(got.response?.status, status);
  assert.match(got.response.headers.get("content-type") ?? "", /^application\/json/);
  const item = (got.error as ErrorResponse).errors?.[0];
  assert.ok(item);
  return item;
}

async function main() {
  const created = await createConversationForCustomer({
    client,
    path: customer,
    body: {
      externalId: "order-10045",
      name: "Damaged parcel",
      priority: 3,
      direction: "in",
      tags: ["damaged parcel"],
      custom: { orderNumberStr: "A-10045", refundNum: 12.5, "@acmeReturnsRmaStr": "RMA-7" },
    },
  });
  calls++;
  assert.ok(created.data, JSON.stringify(created.error));
  assert.equal(created.response?.status, 201);
  assert.equal(created.response.headers.get("x-ratelimit-limit"), "1000");
  assert.equal(created.response.headers.get("x-ratelimit-remaining"), "999");
  const { id, attributes, relationships, links } = created.data.data;
  assert.equal(created.data.data.type, "conversation");
  assert.equal(attributes?.externalId, "order-10045");
  assert.equal(attributes.name, "Damaged parcel");
  assert.equal(attributes.status, "open");
  assert.equal(attributes.priority, 3);
  assert.deepEqual(attributes.custom, { orderNumberStr: "A-10045", refundNum: 12.5, "@acmeReturnsRmaStr": "RMA-7" });
  assert.equal(attributes.tags?.length, 1);
  assert.notEqual(attributes.tags[0], "damaged parcel");
  assert.ok(!Number.isNaN(Date.parse(attributes.createdAt ?? "")));
  assert.deepEqual(relationships?.customer?.data, { type: "customer", id: customer.id });
  assert.equal(links?.self, `/v1/conversations/${id}`);
  const tag = attributes.tags[0] ?? "";
  const path = { id };

  const updated = await updateConversationAttributes({
    client,
    path,
    body: {
      status: "snoozed",
      snooze: { status: "scheduled", time: "2026-03-03T09:00:00Z" },
      priority: 5,
      queue: { external: "amazon-connect" },
      custom: { orderNumberStr: null, vipBool: true },
    },
  });
  calls++;
  assert.equal(updated.response?.status, 200);
  const now = updated.data?.data.attributes;
  assert.equal(now?.status, "snoozed");
  assert.equal(Date.parse(now.snooze?.time ?? ""), Date.parse("2026-03-03T09:00:00Z"));
  assert.equal(now.priority, 5);
  assert.equal(now.externalQueue, "amazon-connect");
  assert.deepEqual(now.custom, { refundNum: 12.5, "@acmeReturnsRmaStr": "RMA-7", vipBool: true });
  assert.equal(now.rev, 2);

  const cleared = await updateConversationAttributes({
    client,
    path,
    headers: { "Content-Type": "application/json-patch+json" },
    body: { name: null, sentiment: { polarity: -1, confidence: 0.8 } },
  });
  calls++;
  assert.equal(cleared.response?.status, 200);
  assert.ok(!cleared.data?.data.attributes?.name);
  assert.deepEqual(cleared.data?.data.attributes?.sentiment, { polarity: -1, confidence: 0.8 });

  const tagged = await appendTagsToConversation({ client, path, body: ["vip", tag] });
  calls++;
  assert.equal(tagged.response?.status, 200);
  assert.equal(tagged.data?.data.attributes?.tags?.length, 2);
  assert.equal(tagged.data?.data.attributes?.tags?.[0], tag);

  const definitions = await getCustomAttributeMetadata({
    client: createMetadataClient({ baseUrl: env("KUSTOMER_URL"), auth }),
    path: { resource: "conversation" },
  });
  calls++;
  assert.equal(definitions.response?.status, 200);
  assert.equal(definitions.data?.data.attributes?.properties?.["refundNum"]?.type, "number");

  const reads = createRelatedClient({ baseUrl: env("KUSTOMER_URL"), auth });
  const looked = await getConversationByExternalId({ client: reads, path: { externalId: "order-10045" } });
  calls++;
  assert.equal(looked.response?.status, 200);
  assert.equal(looked.data?.data.id, id);
  const list = await getConversationsByCustomer({ client: reads, path: customer, query: { page: 1, pageSize: 1 } });
  calls++;
  assert.equal(list.response?.status, 200);
  assert.deepEqual(list.data?.data.map((conversation) => conversation.id), [id]);
  assert.equal(list.data?.links?.next, null);
  const byEmail = await getCustomerByEmail({ client: reads, path: { email: "jane/doe+orders@shop.example" } });
  calls++;
  assert.equal(byEmail.response?.status, 200);
  assert.equal(byEmail.data?.data.id, customer.id);
  const byPhone = await getCustomerByPhone({ client: reads, path: { phone: "+14155550123" } });
  calls++;
  assert.equal(byPhone.response?.status, 200);
  assert.equal(byPhone.data?.data.attributes?.phones?.[0]?.phone, "+14155550123");
  const removed = await removeTagsFromConversation({ client: reads, path, body: ["vip"] });
  calls++;
  assert.equal(removed.response?.status, 200);
  assert.deepEqual(removed.data?.data.attributes?.tags, [tag]);
  const absent = refused(await getCustomerByEmail({ client: reads, path: { email: "nobody@shop.example" } }), 404);
  assert.deepEqual([absent.code, absent.source?.parameter], ["notfound", "email"]);

  // Errors. Casts send what the types do not allow.
  const undefinedAttribute = refused(await updateConversationAttributes({ client, path, body: { custom: { notDefined: 1 } } }), 400);
  assert.equal(undefinedAttribute.code, "badparam");
  assert.equal(undefinedAttribute.source?.parameter, "notDefined");
  assert.equal(undefinedAttribute.title, "Additional properties not allowed");
  const several = refused(await updateConversationAttributes({ client, path, body: { priority: 9, status: "closed" } as unknown as ConversationUpdate }), 400);
  assert.deepEqual(several.meta?.subErrors?.map((sub) => sub.source?.pointer).sort(), ["/priority", "/status"]);
  const malformed = refused(await updateConversationAttributes({ client, path, body: { name: "no end" }, bodySerializer: () => '{"name":"no end"' }), 400);
  assert.equal(malformed.code, "bad_request");
  assert.ok(malformed.message);
  assert.equal(refused(await updateConversationAttributes({ client: at("KUSTOMER_URL", "another"), path, body: { name: "n" } }), 401).code, "unauthorized");
  const missing = refused(await updateConversationAttributes({ client, path: { id: "unknown" }, body: { name: "n" } }), 404);
  assert.deepEqual([missing.code, missing.source?.parameter], ["notfound", "id"]);
  assert.equal(refused(await updateConversationAttributes({ client, path, body: { name: "n", rev: 99 } }), 409).code, "conflict");
  assert.equal(refused(await updateConversationAttributes({ client, path, body: { custom: { notesTxt: "x".repeat(102400) } } }), 413).status, 413);

  const create = (name: string) => createConversationForCustomer({ client: at(name), path: customer, body: {} });
  assert.equal(refused(await create("KUSTOMER_URL_403"), 403).code, "forbidden");
  const limited = await create("KUSTOMER_URL_429");
  refused(limited, 429);
  assert.equal(limited.response?.headers.get("x-ratelimit-remaining"), "0");
  assert.match(limited.response?.headers.get("x-ratelimit-reset") ?? "", /^\d+$/);
  refused(await create("KUSTOMER_URL_500"), 500);
  const edge = await create("KUSTOMER_URL_502");
  calls++;
  assert.equal(edge.response?.status, 502);
  assert.match(String(edge.error), /<h1>502/);

  console.log(`TypeScript: ${calls} calls got the expected responses`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
