package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/cometbft/cometbft/p2p"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/spf13/cobra"

	"kindpakket-node/founding"
	"kindpakket-node/parties"
)

func initCommand(at func() home) *cobra.Command {
	var name, address string
	var relays []string
	command := &cobra.Command{
		Use:   "init",
		Short: "Make the keys of this machine, and the party file for the others",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			accounts, err := addresses(relays)
			if err != nil {
				return err
			}
			return makeParty(at(), name, address, accounts)
		},
	}
	command.Flags().StringVar(&name, "name", "", "name of the party")
	command.Flags().StringVar(&address, "address", "", "host:port at which the other nodes reach this one")
	command.Flags().StringSliceVar(&relays, "relay", nil, "account of a server of the party, at most 8")
	return command
}

func makeParty(h home, name, address string, relays []common.Address) error {
	if _, err := os.Stat(h.path("keys")); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s exists: the keys of this node are there", h.path("keys"))
	}
	party := founding.Party{Address: address, Party: parties.Party{Name: name, Relays: relays}}
	account, err := crypto.GenerateKey()
	if err != nil {
		return err
	}
	party.Account = crypto.PubkeyToAddress(account.PublicKey)
	if party.Key, err = h.makeConsensusKey(keyInUse); err != nil {
		return err
	}
	if err := crypto.SaveECDSA(h.path("keys", "account.key"), account); err != nil {
		return err
	}
	node, err := p2p.LoadOrGenNodeKey(h.path("keys", "node.json"))
	if err != nil {
		return err
	}
	party.NodeID = string(node.ID())
	if err := party.Check(); err != nil {
		return errors.Join(err, os.RemoveAll(h.path("keys")), os.RemoveAll(h.path("signed")))
	}
	fmt.Printf("%s: hand this file to the parties that found the network.\n", h.path("party.json"))
	return writeJSON(h.path("party.json"), party)
}

func foundCommand() *cobra.Command {
	network := founding.Network{}
	var output string
	command := &cobra.Command{
		Use:   "found PARTY.json...",
		Short: "Put party files together into a founding file that all parties sign",
		Args:  cobra.RangeArgs(1, 32),
		RunE: func(_ *cobra.Command, files []string) error {
			for _, file := range files {
				party, err := founding.Read[founding.Party](file)
				if err != nil {
					return err
				}
				network.Parties = append(network.Parties, party)
			}
			network.GenesisTime = time.Now().UTC().Truncate(time.Second)
			made := founding.File{Network: network, Signatures: []founding.Signature{}}
			if _, err := made.Verify(); err != nil {
				return err
			}
			return writeJSON(output, made)
		},
	}
	flags := command.Flags()
	flags.StringVar(&network.ChainID, "chain-id", "kindpakket-1", "name of the chain")
	flags.Uint64Var(&network.EVMChainID, "evm-chain-id", 0, "number of the chain, part of every signature on it")
	flags.StringVar(&network.Version, "version", known()[0], "version of the software that runs from the first block")
	flags.Uint64Var(&network.MaxGas, "max-gas", 500_000_000, "gas limits of a block's transactions together")
	flags.StringVar(&output, "output", "founding.json", "the founding file")
	return command
}

func signCommand(at func() home) *cobra.Command {
	return &cobra.Command{
		Use:   "sign FOUNDING.json",
		Short: "Sign a founding file with this party's account",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			file, err := founding.Read[founding.File](files[0])
			if err != nil {
				return err
			}
			if _, err := file.Verify(); err != nil {
				return err
			}
			key, err := at().accountKey()
			if err != nil {
				return err
			}
			if err := file.Sign(key); err != nil {
				return err
			}
			return writeJSON(files[0], file)
		},
	}
}

func verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify FOUNDING.json",
		Short: "Show who founds the network, and who has not signed",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			file, err := founding.Read[founding.File](files[0])
			if err != nil {
				return err
			}
			missing, err := file.Verify()
			if err != nil {
				return err
			}
			printFounding(file, missing)
			return notSigned(missing)
		},
	}
}

func printFounding(file founding.File, missing []founding.Party) {
	network := file.Network
	digest, _ := network.Digest() // Verify computed it too
	fmt.Printf("chain %s (%d), version %s, from %s\ndigest 0x%x\n", network.ChainID, network.EVMChainID, network.Version,
		network.GenesisTime.Format(time.RFC3339), digest)
	unsigned := map[common.Address]bool{}
	for _, party := range missing {
		unsigned[party.Account] = true
	}
	for _, party := range network.Parties {
		state := "signed"
		if unsigned[party.Account] {
			state = "NOT SIGNED"
		}
		fmt.Printf("%-10s  %s  account %s  at %s  %d relays\n", state, party.Name, party.Account.Hex(), party.Address,
			len(party.Relays))
	}
}

func notSigned(missing []founding.Party) error {
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("%d of the parties have not signed, %s first among them", len(missing), missing[0].Name)
}

// addresses reads accounts in hexadecimal.
func addresses(texts []string) ([]common.Address, error) {
	accounts := []common.Address{}
	for _, text := range texts {
		if !common.IsHexAddress(text) {
			return nil, fmt.Errorf("%q is no account: 20 bytes in hexadecimal", text)
		}
		accounts = append(accounts, common.HexToAddress(text))
	}
	return accounts, nil
}
