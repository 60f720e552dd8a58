package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"kindpakket-node/parties"
)

func statusCommand() *cobra.Command {
	var node string
	command := &cobra.Command{
		Use:   "status",
		Short: "Show the head, the parties, the versions, and evidence of votes for two blocks",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return withRegister(node, printStatus)
		},
	}
	command.Flags().StringVar(&node, "node", defaultNode, "JSON-RPC of a node")
	return command
}

func printStatus(ctx context.Context, r *register) error {
	network, err := r.network(ctx)
	if err != nil {
		return err
	}
	head, err := r.HeaderByNumber(ctx, nil)
	if err != nil {
		return err
	}
	var peers int // this node writes it in decimal
	if err := r.Client.Client().CallContext(ctx, &peers, "net_peerCount"); err != nil {
		return err
	}
	fmt.Printf("head %d of %s, proposed by %s\n", head.Number, since(head.Time), network.NameOfValidator(head.Coinbase))
	fmt.Printf("connected to %d other nodes\n", peers)
	fmt.Printf("version %s\n", network.VersionAt(head.Number.Uint64()))
	if network.Upgrade.Height > head.Number.Uint64() {
		fmt.Printf("version %s from block %d on\n", network.Upgrade.Version, network.Upgrade.Height)
	}
	if quiet := time.Since(time.Unix(int64(head.Time), 0)); quiet > quietAfter {
		fmt.Println(halted(quiet, network, head.Number.Uint64()+1))
	}
	for _, party := range network.Parties {
		fmt.Printf("party %s  account %s  key 0x%x  %d relays\n", party.Name, party.Account.Hex(), party.Key, len(party.Relays))
	}
	fmt.Printf("%d changes wait for approvals\n", len(network.Waiting))
	fmt.Printf("evidence of votes for two blocks: %d\n", network.EvidenceTotal)
	for _, each := range network.Evidence {
		fmt.Printf("  %s at block %d of %s\n", network.NameOfValidator(each.Validator), each.Height, since(each.Time))
	}
	return nil
}

// quietAfter is how old the head of a network may be that makes an empty block each second.
const quietAfter = 10 * time.Second

// halted says what a network without new blocks waits for.
func halted(quiet time.Duration, network parties.Network, next uint64) string {
	return fmt.Sprintf("no block for %d seconds: %d of %d parties have to run version %s to agree on block %d",
		int(quiet.Seconds()), network.Needed(), len(network.Parties), network.VersionAt(next), next)
}

func since(seconds uint64) string { return time.Unix(int64(seconds), 0).UTC().Format(time.RFC3339) }
