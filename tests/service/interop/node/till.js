// A till's day from the stock gRPC client of Node, which reads the protos as they are, or asks the server for them.
// node till.js [PROTOS], with LOYALTY_LEDGER_SERVER and LOYALTY_LEDGER_TOKEN; prints what it was answered as JSON.
"use strict";

const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");
const { descriptors } = require("./reflection.js");

const [protos] = process.argv.slice(2);
const address = process.env.LOYALTY_LEDGER_SERVER;
const credentials = grpc.credentials.createInsecure();
const metadata = new grpc.Metadata();
metadata.set("authorization", `Bearer ${process.env.LOYALTY_LEDGER_TOKEN}`);

async function connect() {
  const options = { keepCase: true, longs: Number, enums: String, defaults: true };
  const definition = protos
    ? loader.loadSync("loyalty/ledger/v1/ledger_service.proto", { ...options, includeDirs: [protos] })
    : loader.loadFileDescriptorSetFromBuffer(
        await descriptors(address, credentials, metadata, "loyalty.ledger.v1.LedgerService"),
        options,
      );
  const { LedgerService } = grpc.loadPackageDefinition(definition).loyalty.ledger.v1;
  return new LedgerService(address, credentials);
}

function called(client, rpc, request) {
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + 10_000;
    client[rpc](request, metadata, { deadline }, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

const card = { alias: { kind: "card", value: "2760001" } };
const euros = (cents) => ({ minor_units: cents, currency_code: "EUR" });
const receipt = (number) => ({ store: "12", terminal: "3", business_date: "2026-03-01", number });

async function day(client) {
  const call = (rpc, request) => called(client, rpc, request);
  const told = {};

  const basket = {
    key: "12/3/1/purchase/1",
    receipt: receipt("1"),
    enroll: { id: "m-1", aliases: [card.alias] },
    amount: euros(20_000),
    lines: [{ amount_minor_units: 15_000, sku: "coat" }, { amount_minor_units: 5_000, quantity: 2, sku: "scarf" }],
  };
  const joined = await call("recordPurchase", basket);
  told.joined = { awarded: joined.answer.awarded, code: joined.answer.code };

  const found = await call("getMember", { member: card });
  told.found = { member: found.member, status: found.status, available: found.wallets[0].balance.available };

  const second = { receipt: receipt("2"), member: card, amount: euros(1_000) };
  const quoted = (await call("quotePurchase", { ...second, spend: { redeem_points: 100 } })).answer;
  told.quoted = { spent: quoted.spent, cash: quoted.cash_minor_units, awarded: quoted.awarded };

  try {
    const all = { key: "12/3/2/authorize/1", receipt: receipt("2"), member: card, points: 1_000 };
    await call("authorizeRedemption", all);
  } catch (error) {
    told.refused = { status: error.code, code: error.details.split(":")[0] };
  }

  const held = { key: "12/3/2/authorize/2", receipt: receipt("2"), member: card, points: 150, ttl: { seconds: 600 } };
  const hold = (await call("authorizeRedemption", held)).answer;
  told.held = { held: hold.balance.held, available: hold.balance.available };

  const capture = { authorization: { sequence: hold.sequence }, points: 100 };
  const paid = (await call("recordPurchase", { ...second, key: "12/3/2/purchase/1", spend: { capture } })).answer;
  told.paid = { spent: paid.spent, cash: paid.cash_minor_units, awarded: paid.awarded, held: paid.balance.held };

  const part = { lines: { lines: [{ line: 2, quantity: 1 }] } };
  const original = { sales_receipt: receipt("1") };
  const goods = { key: "12/3/3/reverse/1", receipt: receipt("3"), original, ...part };
  const back = (await call("reverseTransaction", goods)).answer;
  const isFound = back.original === joined.answer.sequence;
  told.back = { cash: back.cash_minor_units, awarded: back.awarded, original: isFound };

  const again = await call("recordPurchase", basket);
  told.again = { replayed: again.replayed, awarded: again.answer.awarded, available: again.current_available };

  const slip = await call("getTotals", { store: "12", terminal: "3", business_date: "2026-03-01" });
  told.totals = slip.totals.map((row) => [row.verb, row.code, row.count, row.money_minor_units, row.points]);

  const page = await call("listEntries", { member: card, page_size: 10 });
  told.statement = page.rows.map((row) => [row.verb, row.key, row.change.available, row.balance.available]);
  return told;
}

connect().then(async (client) => {
  console.log(JSON.stringify(await day(client)));
  client.close();
});
