// A till's day from the stock gRPC client of Go, with code that protoc has made from the protos.
// It takes LOYALTY_LEDGER_SERVER and LOYALTY_LEDGER_TOKEN, and prints what it was answered as JSON.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "till/ledgerpb"
)

type told map[string]any

func must[T any](answer T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return answer
}

func euros(minorUnits int64) *pb.Money {
	return &pb.Money{MinorUnits: minorUnits, CurrencyCode: "EUR"}
}

func receipt(number string) *pb.Receipt {
	return &pb.Receipt{Store: "12", Terminal: "3", BusinessDate: "2026-03-01", Number: number}
}

// refusal tells a status's number and the reason in its ErrorInfo.
func refusal(err error) told {
	refused := status.Convert(err)
	answered := told{"status": refused.Code()}
	for _, detail := range refused.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			answered["code"] = info.Reason
		}
	}
	return answered
}

func day(ctx context.Context, till pb.LedgerServiceClient) told {
	alias := &pb.Alias{Kind: "card", Value: "2760001"}
	card := &pb.MemberName{Name: &pb.MemberName_Alias{Alias: alias}}
	answers := told{}

	basket := &pb.RecordPurchaseRequest{
		Key:     "12/3/1/purchase/1",
		Receipt: receipt("1"),
		Enroll:  &pb.Joining{Id: proto.String("m-1"), Aliases: []*pb.Alias{alias}},
		Amount:  euros(20_000),
		Lines: []*pb.Line{
			{AmountMinorUnits: 15_000, Sku: "coat"},
			{AmountMinorUnits: 5_000, Quantity: proto.Int64(2), Sku: "scarf"},
		},
	}
	joined := must(till.RecordPurchase(ctx, basket))
	answers["joined"] = told{"awarded": joined.Answer.Awarded, "code": joined.Answer.Code.String()}

	found := must(till.GetMember(ctx, &pb.GetMemberRequest{Member: card}))
	available := found.Wallets[0].Balance.Available
	answers["found"] = told{"member": found.Member, "status": found.Status.String(), "available": available}

	quoted := must(till.QuotePurchase(ctx, &pb.QuotePurchaseRequest{
		Receipt: receipt("2"),
		Member:  card,
		Amount:  euros(1_000),
		Spend:   &pb.Spend{Spend: &pb.Spend_RedeemPoints{RedeemPoints: 100}},
	})).Answer
	answers["quoted"] = told{"spent": quoted.Spent, "cash": quoted.CashMinorUnits, "awarded": quoted.Awarded}

	_, err := till.AuthorizeRedemption(ctx, &pb.AuthorizeRedemptionRequest{
		Key: "12/3/2/authorize/1", Receipt: receipt("2"), Member: card, Points: 1_000,
	})
	answers["refused"] = refusal(err)

	hold := must(till.AuthorizeRedemption(ctx, &pb.AuthorizeRedemptionRequest{
		Key:     "12/3/2/authorize/2",
		Receipt: receipt("2"),
		Member:  card,
		Points:  150,
		Ttl:     durationpb.New(10 * time.Minute),
	})).Answer
	answers["held"] = told{"held": hold.Balance.Held, "available": hold.Balance.Available}

	authorization := &pb.Reference{Reference: &pb.Reference_Sequence{Sequence: hold.Sequence}}
	capture := &pb.CapturedSpend{Authorization: authorization, Points: proto.Int64(100)}
	paid := must(till.RecordPurchase(ctx, &pb.RecordPurchaseRequest{
		Key:     "12/3/2/purchase/1",
		Receipt: receipt("2"),
		Member:  card,
		Amount:  euros(1_000),
		Spend:   &pb.Spend{Spend: &pb.Spend_Capture{Capture: capture}},
	})).Answer
	answers["paid"] = told{
		"spent": paid.Spent, "cash": paid.CashMinorUnits, "awarded": paid.Awarded, "held": paid.Balance.Held,
	}

	scarf := &pb.ReturnedLine{Line: 2, Quantity: proto.Int64(1)}
	back := must(till.ReverseTransaction(ctx, &pb.ReverseTransactionRequest{
		Key:      "12/3/3/reverse/1",
		Receipt:  receipt("3"),
		Original: &pb.Reference{Reference: &pb.Reference_SalesReceipt{SalesReceipt: receipt("1")}},
		Part:     &pb.ReverseTransactionRequest_Lines{Lines: &pb.ReturnedLines{Lines: []*pb.ReturnedLine{scarf}}},
	})).Answer
	answers["back"] = told{
		"cash": back.CashMinorUnits, "awarded": back.Awarded, "original": back.Original == joined.Answer.Sequence,
	}

	again := must(till.RecordPurchase(ctx, basket))
	answers["again"] = told{
		"replayed": again.Replayed, "awarded": again.Answer.Awarded, "available": again.CurrentAvailable,
	}

	asked := &pb.GetTotalsRequest{Store: "12", Terminal: proto.String("3"), BusinessDate: "2026-03-01"}
	slip := [][]any{}
	for _, row := range must(till.GetTotals(ctx, asked)).Totals {
		slip = append(slip, []any{row.Verb, row.Code.String(), row.Count, row.MoneyMinorUnits, row.Points})
	}
	answers["totals"] = slip

	statement := [][]any{}
	for _, row := range must(till.ListEntries(ctx, &pb.ListEntriesRequest{Member: card, PageSize: 10})).Rows {
		statement = append(statement, []any{row.Verb, row.Key, row.Change.Available, row.Balance.Available})
	}
	answers["statement"] = statement
	return answers
}

func main() {
	log.SetFlags(0)
	address := os.Getenv("LOYALTY_LEDGER_SERVER")
	connection := must(grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials())))
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+os.Getenv("LOYALTY_LEDGER_TOKEN"))
	if err := json.NewEncoder(os.Stdout).Encode(day(ctx, pb.NewLedgerServiceClient(connection))); err != nil {
		log.Fatal(err)
	}
}
