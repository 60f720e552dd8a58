package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"kindpakket-node/parties"
)

const (
	keyInUse = "consensus.json"
	keyNext  = "consensus.next.json"
)

func keyCommand(at func() home) *cobra.Command {
	command := &cobra.Command{Use: "key", Short: "Replace the consensus key of this node"}
	command.AddCommand(&cobra.Command{
		Use:   "new",
		Short: "Make the next consensus key, for `change rotate`",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			key, err := at().newKey()
			if err == nil {
				fmt.Printf("0x%x\n", key)
			}
			return err
		},
	}, &cobra.Command{
		Use:   "use",
		Short: "Have the node use the next consensus key from its next start on",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return at().useNextKey() },
	})
	return command
}

func (h home) newKey() (parties.Key, error) {
	if _, err := os.Stat(h.path("keys", keyNext)); !errors.Is(err, os.ErrNotExist) {
		return parties.Key{}, fmt.Errorf("%s exists", h.path("keys", keyNext))
	}
	return h.makeConsensusKey(keyNext)
}

// useNextKey keeps the key that was in use under its own name.
func (h home) useNextKey() error {
	if _, err := os.Stat(h.path("keys", keyNext)); err != nil {
		return err
	}
	key, err := h.consensusKey(keyInUse)
	if err != nil {
		return err
	}
	former := "consensus." + strings.ToLower(key.Validator().Hex()[2:]) + ".json"
	if err := os.Rename(h.path("keys", keyInUse), h.path("keys", former)); err != nil {
		return err
	}
	return os.Rename(h.path("keys", keyNext), h.path("keys", keyInUse))
}
