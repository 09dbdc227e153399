package app_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"guichet/internal/app"
	"guichet/internal/config"
)

func TestADemonstrationRefusesAnotherDesk(t *testing.T) {
	ctx, settings := context.Background(), config.Default()
	settings.DataDir = t.TempDir()
	o := app.Options{Config: settings, Log: slog.New(slog.DiscardHandler), Demo: true}
	for _, name := range []string{"insa", "insa"} {
		if err := app.LoadDemo(ctx, o, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := app.LoadDemo(ctx, o, "paris"); !errors.Is(err, app.ErrAnotherDesk) {
		t.Errorf("the schools were shown as the university: %v", err)
	}
}
