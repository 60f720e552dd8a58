package main

import (
	"context"

	"errors"
	"fmt"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/spf13/cobra"

	"kindpakket-node/founding"
	"kindpakket-node/parties"
)

// changeCommand has a command for each kind of change. The same command with the same words approves what another
// party opened.
func changeCommand(at func() home) *cobra.Command {
	command := &cobra.Command{Use: "change", Short: "Decide about the network together with the other parties"}
	node := command.PersistentFlags().String("node", defaultNode, "JSON-RPC of a node")
	approve := func(use, short string, count int, arguments func([]string) ([]any, error), method string) {
		command.AddCommand(&cobra.Command{
			Use: use, Short: short, Args: cobra.MinimumNArgs(count),
			RunE: func(_ *cobra.Command, words []string) error {
				values, err := arguments(words)
				if err != nil {
					return err
				}
				return withRegister(*node, func(ctx context.Context, r *register) error {
					return send(ctx, r, at(), method, values)
				})
			},
		})
	}
	approve("add PARTY.json", "A party joins", 1, addition, "addParty")
	approve("remove ACCOUNT", "A party leaves", 1, accountOnly, "removeParty")
	approve("rotate ACCOUNT KEY", "A party's node votes with another consensus key", 2, rotation, "rotateKey")
	approve("relays ACCOUNT [RELAY...]", "A party's servers send from other accounts", 1, replacement, "replaceRelays")
	approve("upgrade VERSION HEIGHT", "Another version of the software runs from a block on", 2, plan, "planUpgrade")
	approve("cancel", "The planned upgrade is cancelled", 0, nothing, "cancelUpgrade")
	approve("withdraw CHANGE", "Take back this party's approval", 1, digest, "withdraw")
	command.AddCommand(&cobra.Command{
		Use: "list", Short: "Show what waits for approvals", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return withRegister(*node, func(ctx context.Context, r *register) error {
				network, err := r.network(ctx)
				if err == nil {
					printWaiting(network)
				}
				return err
			})
		},
	})
	return command
}

// send approves a change, waits until it is in a block, and says what came of it.
func send(ctx context.Context, r *register, h home, method string, values []any) error {
	key, err := h.accountKey()
	if err != nil {
		return err
	}
	data, err := parties.ABI.Pack(method, values...)
	if err != nil {
		return err
	}
	height, err := r.send(ctx, key, data)
	if err != nil {
		return err
	}
	network, err := r.network(ctx)
	if err != nil {
		return err
	}
	change := crypto.Keccak256Hash(data)
	for _, waiting := range network.Waiting {
		if crypto.Keccak256Hash(waiting.Call) == change {
			fmt.Printf("Approved in block %d as %s: %s.\n", height, change.Hex(), needed(network, waiting))
			return nil
		}
	}
	fmt.Printf("Carried out in block %d.\n", height)
	return nil
}

func needed(network parties.Network, waiting parties.Waiting) string {
	return fmt.Sprintf("%d of %d parties approve, more than two thirds (%d) carry it out", len(waiting.Approvals),
		len(network.Parties), network.Needed())
}

func printWaiting(network parties.Network) {
	if len(network.Waiting) == 0 {
		fmt.Println("Nothing waits for approvals.")
	}
	for _, waiting := range network.Waiting {
		fmt.Printf("%s  %s\n", crypto.Keccak256Hash(waiting.Call).Hex(), describe(waiting.Call))
		fmt.Printf("  %s\n", needed(network, waiting))
		for _, account := range waiting.Approvals {
			fmt.Printf("  approved by %s\n", network.NameOf(account))
		}
	}
}

// describe shows a change with its arguments.
func describe(call []byte) string {
	method, err := parties.ABI.MethodById(call)
	if err != nil {
		return fmt.Sprintf("0x%x", call)
	}
	values, err := method.Inputs.Unpack(call[4:])
	if err != nil {
		return fmt.Sprintf("%s 0x%x", method.Name, call[4:])
	}
	text := method.Name
	for _, value := range values {
		if bytes32, ok := value.([32]byte); ok {
			value = common.Hash(bytes32)
		}
		text += fmt.Sprintf(" %v", value)
	}
	return text
}

func addition(words []string) ([]any, error) {
	party, err := founding.Read[founding.Party](words[0])
	if err != nil {
		return nil, err
	}
	return []any{party.Party}, party.Check()
}

func accountOnly(words []string) ([]any, error) {
	accounts, err := addresses(words[:1])
	if err != nil {
		return nil, err
	}
	return []any{accounts[0]}, nil
}

func rotation(words []string) ([]any, error) {
	values, err := accountOnly(words)
	if err != nil {
		return nil, err
	}
	var key parties.Key
	err = key.UnmarshalText([]byte(words[1]))
	return append(values, key), err
}

func replacement(words []string) ([]any, error) {
	values, err := accountOnly(words)
	if err != nil {
		return nil, err
	}
	relays, err := addresses(words[1:])
	return append(values, relays), err
}

func plan(words []string) ([]any, error) {
	height, err := strconv.ParseUint(words[1], 10, 64)
	return []any{words[0], height}, err
}

func nothing([]string) ([]any, error) { return nil, nil }

func digest(words []string) ([]any, error) {
	bytes, err := hexutil.Decode(words[0])
	if err != nil || len(bytes) != common.HashLength {
		return nil, errors.New("a change is named by 32 bytes in hexadecimal; `change list` shows it")
	}
	return []any{common.BytesToHash(bytes)}, nil
}
