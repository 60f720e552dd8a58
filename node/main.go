// Command kindpakket-node keeps one party's node of a network that several parties found together. It puts together
// CometBFT (agreement) and cosmos/evm (an Ethereum virtual machine); neither is written here.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// versions are those that this build can run, separated by commas; the last one is the newest.
var versions = "1"

func known() []string { return strings.Split(versions, ",") }

func main() {
	root := &cobra.Command{
		Use:           "kindpakket-node",
		Short:         "One party's node of a ledger that several parties keep",
		Version:       versions,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	var directory string
	root.PersistentFlags().StringVar(&directory, "home", "kindpakket-node", "directory of the node")
	at := func() home { return home(directory) }
	root.AddCommand(initCommand(at), foundCommand(), signCommand(at), verifyCommand(), startCommand(at),
		keyCommand(at), changeCommand(at), statusCommand())
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
