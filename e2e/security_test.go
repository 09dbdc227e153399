package e2e

import (
	"strings"
	"testing"
)

// A demonstration shows its mailbox to whoever reaches it: other machines reach it on request only.
func TestADemonstrationStaysOnItsMachine(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", ":0", "[::]:0"} {
		_, err := command(environment(), "", "demo", "--data", t.TempDir(), "--listen", listen)
		if err == nil || !strings.Contains(err.Error(), "--open-to-network") {
			t.Errorf("%s: %v", listen, err)
		}
	}
}

// What is logged names no token, no password, no session and no query.
func TestTheLogHoldsNoSecret(t *testing.T) {
	d := served(t, "--log-level", "debug")
	token, err := d.token("demandeur")
	if err != nil {
		t.Fatal(err)
	}
	d.mustAsk(t, 200, call{login: "demandeur", method: "GET", path: "/me"})
	for _, path := range []string{"/approvals/x?token=SECRETLINK", "/sign-in?next=/SECRETNEXT", "/tickets?q=SECRETQUERY", "/documents/" + strings.Repeat("SECRETPATH", 6)} {
		statusOf(d.process.url + path)
	}
	log := d.process.out.String()
	if _, after, found := strings.Cut(log, "level="); found {
		log = "level=" + after
	}
	for _, secret := range []string{token, "SECRET", "gcs_", "gct_", "Bearer", "Cookie"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %.12q", secret)
		}
	}
	if !strings.Contains(log, "path=/sign-in") {
		t.Error("the log says nothing of the requests")
	}
}
