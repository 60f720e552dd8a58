package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
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
			h := at()
			if _, err := os.Stat(h.path("keys", keyNext)); !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("%s exists", h.path("keys", keyNext))
			}
			key, err := h.makeConsensusKey(keyNext)
			if err != nil {
				return err
			}
			fmt.Printf("0x%x\n", key)
			return nil
		},
	}, &cobra.Command{
		Use:   "use",
		Short: "Have the node use the next consensus key from its next start on",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			h := at()
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
		},
	})
	return command
}
