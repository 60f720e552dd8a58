package parties

import (
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
)

func TestTheRegisterIsWhereTheDocumentsSay(t *testing.T) {
	if Address != common.HexToAddress("0x65D5eB1b9dc4AB7C3B83eeB44D262b9E76395bD4") {
		t.Fatal(Address)
	}
}

func TestEachSenderIsNamedOnce(t *testing.T) {
	network := Network{Parties: []Party{
		{Account: common.Address{1}, Relays: []common.Address{{2}, {3}}},
		{Account: common.Address{4}, Relays: []common.Address{{2}, {1}}},
	}}
	senders := network.Senders()
	if len(senders) != 4 || senders[3] != (common.Address{4}) {
		t.Fatal(senders)
	}
}

func TestAnUpgradeRunsFromItsBlockOn(t *testing.T) {
	network := Network{Version: "1", Upgrade: Upgrade{Version: "2", Height: 10}}
	if network.VersionAt(9) != "1" || network.VersionAt(10) != "2" || (Network{Version: "1"}).VersionAt(10) != "1" {
		t.Fatal(network)
	}
}

func TestAKeyIsReadInHexadecimal(t *testing.T) {
	text := "0x" + strings.Repeat("ab", 32)
	var key Key
	if err := key.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if written, err := key.MarshalText(); err != nil || string(written) != text {
		t.Fatal(string(written), err)
	}
	for _, wrong := range []string{"", "0x", text + "00", text[2:]} {
		if key.UnmarshalText([]byte(wrong)) == nil {
			t.Fatal(wrong)
		}
	}
}
