package account

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"guichet"
)

func hashOf(t *testing.T, h *Hasher, password string) string {
	t.Helper()
	hash, err := h.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func verify(t *testing.T, h *Hasher, hash, password string) bool {
	t.Helper()
	ok, err := h.Verify(t.Context(), hash, password)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestHashAndVerify(t *testing.T) {
	h := NewHasher()
	const password = "une phrase assez longue, avec é"
	first, second := hashOf(t, h, password), hashOf(t, h, password)
	if first == second {
		t.Error("two hashes share their salt")
	}
	if !regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`).MatchString(first) {
		t.Errorf("not a PHC string: %s", first)
	}
	for given, want := range map[string]bool{
		password: true, password + " ": false, strings.ToUpper(password): false, "": false,
		"une phrase assez longue, avec e\u0301": true, // é typed as two characters
	} {
		if got := verify(t, h, first, given); got != want {
			t.Errorf("%q: %v", given, got)
		}
	}
}

// The reference implementation's own test vector (phc-winner-argon2, test.c:
// version 0x13, t=2, m=256 KiB, p=1, "password", "somesalt").
func TestVerifyReadsHashesOfOthers(t *testing.T) {
	const foreign = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	if !verify(t, NewHasher(), foreign, "password") {
		t.Error("refused")
	}
	if !NeedsRehash(foreign) {
		t.Error("a cheaper hash must be replaced")
	}
}

func TestNobodySignsInWithoutAHash(t *testing.T) {
	h := NewHasher()
	for _, password := range []string{"", "anything at all here"} {
		if verify(t, h, "", password) {
			t.Errorf("%q opens an account that does not exist", password)
		}
	}
}

func TestMalformedHashesAreErrors(t *testing.T) {
	h := NewHasher()
	for _, hash := range []string{"x", "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=256,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$", "$argon2id$v=19$m=256,t=2,p=1$!$!"} {
		if ok, err := h.Verify(t.Context(), hash, "password"); ok || err == nil {
			t.Errorf("%s: %v, %v", hash, ok, err)
		}
		if !NeedsRehash(hash) {
			t.Errorf("%s: kept", hash)
		}
	}
}

func TestHugePasswordsAreNotHashed(t *testing.T) {
	h := NewHasher()
	huge := strings.Repeat("x", passwordBytes+1)
	if _, err := h.Hash(t.Context(), huge); err == nil {
		t.Error("hashed")
	}
	if verify(t, h, "", huge) {
		t.Error("accepted")
	}
	if NeedsRehash(hashOf(t, h, huge[1:])) {
		t.Error("today's hash is refused")
	}
}

func TestHashesWaitTheirTurn(t *testing.T) {
	h := NewHasher()
	for range hashesAtOnce {
		h.turns <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Verify(ctx, "", "password"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-h.turns
	if verify(t, h, "", "password") || len(h.turns) != hashesAtOnce-1 {
		t.Errorf("%d turns are taken", len(h.turns))
	}
}

func TestCheckPolicy(t *testing.T) {
	words := []string{"Émilie Durand-Lefèvre", "INSA Hauts-de-France", "Li"}
	for password, code := range map[string]string{
		"":                                   "password.too_short",
		"quatorze signe":                     "password.too_short",
		"quinze signes !":                    "",
		"éàüçéàüçéàüçéàü":                    "password.common", // four letters repeated
		strings.Repeat("aB3dEf7h", 16):       "",
		strings.Repeat("aB3dEf7h", 16) + "x": "password.too_long",
		"correct cheval agrafe pile":         "",
		"le vent tourne au nord-est":         "",
		"vqzjhrtmwkplbxd":                    "",
		"839201748392517":                    "",
		"motdepasse12345":                    "password.common",
		"MotDePasse2026!":                    "password.common",
		"Mot de passe 2026":                  "password.common",
		"azertyuiop123456":                   "password.common",
		"AzertyuiopQsdfghjklm":               "password.common",
		"passwordpassword":                   "password.common",
		"123456789012345":                    "password.common",
		"abcdefghijklmnop":                   "password.common",
		"zyxwvutsrqponmlkji":                 "password.common",
		"aaaaaaaaaaaaaaaaaaa":                "password.common",
		"soleil-chocolat-1":                  "password.common",
		"emilie.durand.59000":                "password.common",
		"EmilieDurandLefevre":                "password.common",
		"insa-france-2026":                   "password.common",
		"Lillois du vieux port":              "", // "Li" is too short to count
	} {
		err := CheckPolicy(password, words)
		if got := fieldCode(err); got != code {
			t.Errorf("%q: got %q, want %q", password, got, code)
		}
	}
}

// fieldCode reads the code given to the field "password", "" without error.
func fieldCode(err error) string {
	var e *guichet.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e) && e.Kind == guichet.KindInvalid && len(e.Fields) == 1 && e.Fields[0].Field == "password":
		return e.Fields[0].Code
	default:
		return "unexpected: " + err.Error()
	}
}

func TestTheListOfCommonPasswords(t *testing.T) {
	words := commonWords()
	seen := map[string]bool{}
	for _, word := range words {
		if seen[word] || word != fold(word) {
			t.Errorf("%q comes twice, or not folded", word)
		}
		seen[word] = true
	}
	if len(words) < 200 || len(words[0]) < len(words[len(words)-1]) {
		t.Errorf("%d words, from %q to %q", len(words), words[0], words[len(words)-1])
	}
}

func TestDelay(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		-1: 0, 0: 0, 4: 0, 5: time.Minute, 6: 2 * time.Minute, 7: 4 * time.Minute, 10: 32 * time.Minute,
		11: time.Hour, 12: time.Hour, 24: time.Hour, 25: 24 * time.Hour, 1 << 40: 24 * time.Hour,
	} {
		if got := Delay(failures); got != want {
			t.Errorf("%d failures: %v, want %v", failures, got, want)
		}
	}
}

func TestAtMost25AttemptsADay(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var attempts []time.Time
	within := func(at time.Time) int {
		n := 0
		for _, attempt := range attempts {
			if at.Sub(attempt) < FailureWindow {
				n++
			}
		}
		return n
	}
	for range 200 { // an attacker who tries as soon as allowed, for days
		if len(attempts) > 0 {
			now = now.Add(Delay(within(now)))
		}
		attempts = append(attempts, now)
		if n := within(now); n > dailyTries {
			t.Fatalf("%d attempts in 24 hours", n)
		}
	}
	if days := now.Sub(attempts[0]).Hours() / 24; days < 7 {
		t.Errorf("200 attempts took %.1f days", days)
	}
}

func TestTokens(t *testing.T) {
	clear, hash := NewToken("gct_")
	other, _ := NewToken("gct_")
	if !regexp.MustCompile(`^gct_[a-z2-7]{52}$`).MatchString(clear) || clear == other {
		t.Errorf("tokens %q and %q", clear, other)
	}
	if hash != HashToken(clear) || len(hash) != 64 || strings.Contains(hash, clear) {
		t.Errorf("hash %q", hash)
	}
	if got := HashToken("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" { // FIPS 180-2
		t.Errorf("hash of abc: %s", got)
	}
}

func TestSigner(t *testing.T) {
	s := NewSigner([]byte("0123456789abcdef0123456789abcdef"))
	signature := s.Sign("approval", "42", "yes")
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(signature) {
		t.Errorf("signature %q", signature)
	}
	if !s.Check(signature, "approval", "42", "yes") {
		t.Error("own signature refused")
	}
	for name, accepted := range map[string]bool{
		"other part":     s.Check(signature, "approval", "42", "no"),
		"other purpose":  s.Check(signature, "reset", "42", "yes"),
		"shifted parts":  s.Check(signature, "approval", "4", "2yes"),
		"missing part":   s.Check(signature, "approval", "42"),
		"purpose moved":  s.Check(signature, "approval42", "yes"),
		"empty":          s.Check("", "approval", "42", "yes"),
		"cut":            s.Check(signature[:42], "approval", "42", "yes"),
		"other key":      NewSigner(make([]byte, 32)).Check(signature, "approval", "42", "yes"),
		"trailing space": s.Check(signature+" ", "approval", "42", "yes"),
	} {
		if accepted {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestLoadKey(t *testing.T) {
	dir := t.TempDir()
	keys := make([]string, 8)
	var group sync.WaitGroup
	for i := range keys { // several programs start at once
		group.Go(func() {
			key, err := LoadKey(dir)
			if err != nil {
				t.Error(err)
			}
			keys[i] = hex.EncodeToString(key)
		})
	}
	group.Wait()
	for _, key := range keys {
		if key != keys[0] || len(key) != 64 || key == strings.Repeat("0", 64) {
			t.Fatalf("keys %v", keys)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	if info, err := files[0].Info(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if other, err := LoadKey(t.TempDir()); err != nil || hex.EncodeToString(other) == keys[0] {
		t.Errorf("two installations share a key, %v", err)
	}
}

func TestADamagedKeyIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, keyFile), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(dir); err == nil {
		t.Error("accepted")
	}
	if _, err := LoadKey(filepath.Join(dir, "absent")); err == nil {
		t.Error("a key was made nowhere")
	}
}
