package app

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/presets"
	"guichet/internal/presets/demo"
	"guichet/internal/store"
	"guichet/internal/ticketing"
)

// LoadPreset writes the configuration of a preset: desk, catalogue, workflows, roles and the grants of
// teams. It may be run again: what changed becomes a new version, what is not named stays. The people
// of a preset belong to its demonstration and are left out.
func LoadPreset(ctx context.Context, s *store.Store, name string) error {
	p, err := presets.Load(name)
	if err == nil {
		err = p.Check()
	}
	if err != nil {
		return err
	}
	p = p.WithoutPeople()
	return s.Write(ctx, func(tx *store.Tx) error { return p.Save(ctx, tx) })
}

// DemoPassword returns the password of the demonstration accounts of a data folder: made at random
// the first time, then read again.
func DemoPassword(dir string) (string, error) {
	file := filepath.Join(dir, "demo-password")
	known, err := os.ReadFile(file) //nolint:gosec // a file of the data folder
	if err == nil {
		return strings.TrimSpace(string(known)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	password := strings.ToLower(rand.Text()[:16])
	return password, os.WriteFile(file, []byte(password+"\n"), 0o600)
}

// ErrAnotherDesk says that a data folder holds something else than the demonstration asked for.
var ErrAnotherDesk = errors.New("this data folder holds another desk: choose another folder with --data")

// LoadDemo fills an empty desk with a preset, its people and its tickets. The same demonstration is left
// as it is; any other desk is refused, for its accounts are not those of the preset.
func LoadDemo(ctx context.Context, o Options, name string) error {
	clock := &demo.Clock{}
	s, err := store.Open(ctx, store.Options{URL: o.Config.DatabaseURL, Dir: o.Config.DataDir, Now: clock.Now})
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // the work is committed
	if _, err := s.Migrate(ctx); err != nil {
		return err
	}
	desk, err := ticketing.New(s).Config(ctx)
	if err != nil {
		return err
	}
	if desk.Revision > 0 {
		return sameDemo(ctx, s, name)
	}
	if err := saveDemo(ctx, s, o, name); err != nil {
		return err
	}
	return playDemo(ctx, s, clock, name)
}

// sameDemo checks that those who sign in are the people of the preset.
func sameDemo(ctx context.Context, s *store.Store, name string) error {
	p, err := presets.Load(name)
	if err != nil {
		return err
	}
	return s.Read(ctx, func(tx *store.Tx) error {
		for _, person := range p.People {
			if person.Login == "" {
				continue
			}
			known, _, err := tx.PersonByLogin(ctx, person.Login)
			if guichet.KindOf(err) == guichet.KindNotFound || err == nil && known.Name() != person.Name() {
				return ErrAnotherDesk
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// saveDemo writes the preset and gives each person who signs in the password of the demonstration.
func saveDemo(ctx context.Context, s *store.Store, o Options, name string) error {
	p, err := presets.Load(name)
	if err != nil {
		return err
	}
	password, err := DemoPassword(o.Config.DataDir)
	if err != nil {
		return err
	}
	secret, err := account.NewHasher().Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(tx *store.Tx) error {
		if err := p.Save(ctx, tx); err != nil {
			return err
		}
		for _, person := range p.People {
			if err := saveLogin(ctx, tx, person, secret); err != nil {
				return err
			}
		}
		return nil
	})
}

func saveLogin(ctx context.Context, tx *store.Tx, p presets.DemoPerson, secret string) error {
	if p.Login == "" {
		return nil
	}
	return tx.SaveIdentity(ctx, guichet.Identity{ID: guichet.NewID(tx.Now), PersonID: p.ID,
		Kind: guichet.IdentityLocal, Subject: p.Login, Secret: secret})
}

// playDemo plays the stories of the preset. Events older than two days are not told: nobody wants
// to read weeks of mail.
func playDemo(ctx context.Context, s *store.Store, clock *demo.Clock, name string) error {
	script, err := demo.Load(name)
	if err != nil {
		return err
	}
	accounts := account.New(s, account.NewHasher())
	now := time.Now()
	player := demo.Player{Desk: ticketing.New(s), Clock: clock, Actor: accounts.PersonActor}
	if err := demo.Play(ctx, player, script, now); err != nil {
		return err
	}
	return s.Write(ctx, func(tx *store.Tx) error {
		return tx.DiscardJobs(ctx, ticketing.JobNotify, now.Add(-48*time.Hour))
	})
}
