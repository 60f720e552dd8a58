package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"kindpakket-node/founding"
)

var anywhere = addressesToListen{"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4"}

// founded returns the directories of two parties that signed one founding.
func founded(t *testing.T) ([]home, founding.File) {
	t.Helper()
	file := founding.File{Network: founding.Network{
		ChainID: "test-1", EVMChainID: 7701, GenesisTime: time.Unix(1_790_000_000, 0).UTC(), Version: "1",
		MaxGas: 500_000_000,
	}}
	homes := []home{home(t.TempDir()), home(t.TempDir())}
	for i, h := range homes {
		name := []string{"Zeist", "Bunnik"}[i]
		if err := makeParty(h, name, "127.0.0.1:26656", []common.Address{{1}}); err != nil {
			t.Fatal(err)
		}
		party, err := founding.Read[founding.Party](h.path("party.json"))
		if err != nil {
			t.Fatal(err)
		}
		file.Network.Parties = append(file.Network.Parties, party)
	}
	for _, h := range homes {
		key, err := h.accountKey()
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Sign(key); err != nil {
			t.Fatal(err)
		}
	}
	return homes, file
}

func TestKeysAreForTheOwnerAlone(t *testing.T) {
	homes, _ := founded(t)
	for _, name := range []string{"account.key", "consensus.json", "node.json"} {
		found, err := os.Stat(homes[0].path("keys", name))
		if err != nil || found.Mode().Perm() != 0o600 {
			t.Fatal(name, found.Mode(), err)
		}
	}
}

func TestKeysAreMadeOnce(t *testing.T) {
	homes, _ := founded(t)
	if err := makeParty(homes[0], "Zeist", "127.0.0.1:26656", nil); err == nil {
		t.Fatal("keys were made again")
	}
}

func TestAPartyThatDoesNotFitLeavesNoKeys(t *testing.T) {
	h := home(t.TempDir())
	if err := makeParty(h, "", "127.0.0.1:26656", nil); err == nil {
		t.Fatal("a party without a name")
	}
	if _, err := os.Stat(h.path("keys")); err == nil {
		t.Fatal("the keys are there")
	}
}

func TestTheGenesisIsTheSameAtEveryParty(t *testing.T) {
	homes, file := founded(t)
	var written []string
	for _, h := range homes {
		config, err := h.config(file.Network, anywhere)
		if err != nil {
			t.Fatal(err)
		}
		if err := writeGenesis(config, file.Network); err != nil {
			t.Fatal(err)
		}
		genesis, err := os.ReadFile(config.GenesisFile())
		if err != nil {
			t.Fatal(err)
		}
		written = append(written, string(genesis))
	}
	if written[0] != written[1] || !strings.Contains(written[0], `"max_gas": "500000000"`) {
		t.Fatal(written[0])
	}
}

func TestANodeDoesNotStartUntilAllHaveSigned(t *testing.T) {
	homes, file := founded(t)
	file.Signatures = file.Signatures[:1]
	if err := writeJSON(homes[0].path("founding.json"), file); err != nil {
		t.Fatal(err)
	}
	err := start(homes[0], anywhere, nil)
	if err == nil || err.Error() != "1 of the parties have not signed, Bunnik first among them" {
		t.Fatal(err)
	}
}

func TestANodeWithoutItsSigningRecordDoesNotStart(t *testing.T) {
	homes, file := founded(t)
	if err := writeJSON(homes[0].path("founding.json"), file); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(homes[0].path("signed")); err != nil {
		t.Fatal(err)
	}
	err := start(homes[0], anywhere, nil)
	if err == nil || !strings.Contains(err.Error(), "no record of what it signed") {
		t.Fatal(err)
	}
}

func TestTheRecordOfAnotherKeyIsNoRecord(t *testing.T) {
	homes, _ := founded(t)
	other, err := homes[0].makeConsensusKey(keyNext)
	if err != nil {
		t.Fatal(err)
	}
	own, err := homes[0].consensusKey(keyInUse)
	if err != nil || own == other {
		t.Fatal(own, err)
	}
	if err := os.Remove(homes[0].path(signedFile(own))); err != nil {
		t.Fatal(err)
	}
	if err := homes[0].requireSigned(); err == nil {
		t.Fatal("it starts")
	}
}

func TestTheNextKeyTakesThePlaceOfTheKeyInUse(t *testing.T) {
	homes, _ := founded(t)
	before, err := homes[0].consensusKey(keyInUse)
	if err != nil {
		t.Fatal(err)
	}
	if err := homes[0].useNextKey(); err == nil {
		t.Fatal("there is no next key")
	}
	next, err := homes[0].newKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := homes[0].newKey(); err == nil {
		t.Fatal("the next key was replaced")
	}
	if err := homes[0].useNextKey(); err != nil {
		t.Fatal(err)
	}
	now, err := homes[0].consensusKey(keyInUse)
	if err != nil || now != next || now == before {
		t.Fatal(now, err)
	}
	if err := homes[0].requireSigned(); err != nil {
		t.Fatal(err)
	}
}

func TestPeersAreThoseOfTheFoundingAndOfTheFile(t *testing.T) {
	homes, file := founded(t)
	added := strings.Repeat("0", 40) + "@later.example:26656"
	if err := os.WriteFile(homes[0].path("peers"), []byte(added+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	peers, err := homes[0].peers(file.Network)
	if err != nil {
		t.Fatal(err)
	}
	expected := file.Network.Parties[1].NodeID + "@127.0.0.1:26656 " + added
	if strings.Join(peers, " ") != expected {
		t.Fatal(peers)
	}
	for _, other := range []bool{true, false} { // whether the other founder is a party still
		ids := peerIDs(homes[0], file.Network, func(common.Address) bool { return other })
		if slices.Contains(ids, file.Network.Parties[1].NodeID) != other || ids[len(ids)-1] != strings.Repeat("0", 40) {
			t.Fatal(ids)
		}
	}
}
