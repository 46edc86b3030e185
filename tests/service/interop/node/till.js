// A till's day from the stock gRPC client of Node, which reads the protos as they are.
// node till.js ADDRESS PROTOS, the token in LOYALTY_LEDGER_TOKEN; prints what it was answered as JSON.
"use strict";

const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const [address, protos] = process.argv.slice(2);
const definition = loader.loadSync("loyalty/ledger/v1/ledger_service.proto", {
  includeDirs: [protos],
  longs: Number,
  enums: String,
  defaults: true,
});
const { LedgerService } = grpc.loadPackageDefinition(definition).loyalty.ledger.v1;
const client = new LedgerService(address, grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
metadata.set("authorization", `Bearer ${process.env.LOYALTY_LEDGER_TOKEN}`);

function call(rpc, request) {
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + 10_000;
    client[rpc](request, metadata, { deadline }, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

const card = { alias: { kind: "card", value: "2760001" } };
const euros = (minorUnits) => ({ minorUnits, currencyCode: "EUR" });
const receipt = (number) => ({ store: "12", terminal: "3", businessDate: "2026-03-01", number });

async function day() {
  const told = {};

  const basket = {
    key: "12/3/1/purchase/1",
    receipt: receipt("1"),
    enroll: { id: "m-1", aliases: [card.alias] },
    amount: euros(20_000),
    lines: [{ amountMinorUnits: 15_000, sku: "coat" }, { amountMinorUnits: 5_000, quantity: 2, sku: "scarf" }],
  };
  const joined = await call("recordPurchase", basket);
  told.joined = { awarded: joined.answer.awarded, code: joined.answer.code };

  const found = await call("getMember", { member: card });
  told.found = { member: found.member, status: found.status, available: found.wallets[0].balance.available };

  const second = { receipt: receipt("2"), member: card, amount: euros(1_000) };
  const quoted = (await call("quotePurchase", { ...second, spend: { redeemPoints: 100 } })).answer;
  told.quoted = { spent: quoted.spent, cash: quoted.cashMinorUnits, awarded: quoted.awarded };

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
  told.paid = { spent: paid.spent, cash: paid.cashMinorUnits, awarded: paid.awarded, held: paid.balance.held };

  const part = { lines: { lines: [{ line: 2, quantity: 1 }] } };
  const original = { salesReceipt: receipt("1") };
  const goods = { key: "12/3/3/reverse/1", receipt: receipt("3"), original, ...part };
  const back = (await call("reverseTransaction", goods)).answer;
  told.back = { cash: back.cashMinorUnits, awarded: back.awarded, original: back.original === joined.answer.sequence };

  const again = await call("recordPurchase", basket);
  told.again = { replayed: again.replayed, awarded: again.answer.awarded, available: again.currentAvailable };

  const slip = await call("getTotals", { store: "12", terminal: "3", businessDate: "2026-03-01" });
  told.totals = slip.totals.map((row) => [row.verb, row.code, row.count, row.moneyMinorUnits, row.points]);

  const page = await call("listEntries", { member: card, pageSize: 10 });
  told.statement = page.rows.map((row) => [row.verb, row.key, row.change.available, row.balance.available]);
  return told;
}

day()
  .then((told) => console.log(JSON.stringify(told)))
  .finally(() => client.close());
