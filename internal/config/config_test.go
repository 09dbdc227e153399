package config

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// parse reads flags and variables as the command line does.
func parse(t *testing.T, variables map[string]string, flags ...string) (Config, error) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "GUICHET_") {
			t.Setenv(name, "") // restored at the end of the test
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, value := range variables {
		t.Setenv(name, value)
	}
	var c Config
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(flags)
	return c, err
}

func TestDefaultsAreThoseOfTheCommandLine(t *testing.T) {
	parsed, err := parse(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := Default(); !reflect.DeepEqual(got, parsed) {
		t.Errorf("got %v, want %v", got, parsed)
	}
	if parsed.Locale != "fr" || parsed.TimeZone != "Europe/Paris" || parsed.DatabaseURL != "" {
		t.Errorf("defaults %v", parsed)
	}
}

func TestFlagsWinOverVariables(t *testing.T) {
	c, err := parse(t, map[string]string{
		"GUICHET_LISTEN": "0.0.0.0:80", "GUICHET_LOCALE": "en", "GUICHET_TRUSTED_PROXIES": "10.0.0.0/8,192.0.2.1",
	}, "--listen", "[::1]:8081")
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "[::1]:8081" || c.Locale != "en" || len(c.TrustedProxies) != 2 {
		t.Errorf("got %v", c)
	}
}

func TestTheCommandLineValidates(t *testing.T) {
	if _, err := parse(t, nil, "--locale", "de"); err == nil || !strings.Contains(err.Error(), "--locale must be fr or en") {
		t.Errorf("got %v", err)
	}
}

func TestEverySettingHasItsVariableAndItsHelp(t *testing.T) {
	kind := reflect.TypeFor[Config]()
	for i := range kind.NumField() {
		tag := kind.Field(i).Tag
		if !strings.HasPrefix(tag.Get("env"), "GUICHET_") || !strings.HasSuffix(tag.Get("help"), ".") ||
			tag.Get("name") == "" {
			t.Errorf("%s: %s", kind.Field(i).Name, tag)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, test := range []struct {
		change func(*Config)
		wrong  string // the flag that is complained of, or ""
	}{
		{func(*Config) {}, ""},
		{func(c *Config) { c.DataDir = "" }, "--data"},
		{func(c *Config) { c.Listen = "8080" }, "--listen"},
		{func(c *Config) { c.Listen = "127.0.0.1:http" }, "--listen"},
		{func(c *Config) { c.Listen = ":0" }, ""},
		{func(c *Config) { c.DatabaseURL = "postgres://u:p@db/guichet?sslmode=disable" }, ""},
		{func(c *Config) { c.DatabaseURL = "mysql://u:p@db/guichet" }, "--database"},
		{func(c *Config) { c.DatabaseURL = "host=db password=hush" }, "--database"},
		{func(c *Config) { c.DatabaseURL = "postgres://u:100%hush@db/guichet" }, "--database"},
		{func(c *Config) { c.BaseURL = "https://guichet.example.fr/" }, ""},
		{func(c *Config) { c.BaseURL = "https://example.fr/guichet" }, "--base-url"},
		{func(c *Config) { c.BaseURL = "guichet.example.fr" }, "--base-url"},
		{func(c *Config) { c.BaseURL = "https://u:hush@example.fr" }, "--base-url"},
		{func(c *Config) { c.Locale = "" }, "--locale"},
		{func(c *Config) { c.TimeZone = "Europe/Lutèce" }, "--time-zone"},
		{func(c *Config) { c.TimeZone = "Local" }, "--time-zone"},
		{func(c *Config) { c.SMTPURL, c.MailFrom = "smtps://u:p@mail:465", "Aide <aide@example.fr>" }, ""},
		{func(c *Config) { c.SMTPURL = "smtp://u:hush@mail:587" }, "--mail-from"},
		{func(c *Config) { c.SMTPURL, c.MailFrom = "mail:25", "aide@example.fr" }, "--smtp"},
		{func(c *Config) { c.MailFrom = "aide" }, "--mail-from"},
		{func(c *Config) { c.LogLevel = "loud" }, "--log-level"},
		{func(c *Config) { c.LogFormat = "xml" }, "--log-format"},
		{func(c *Config) { c.MetricsListen = "9090" }, "--metrics-listen"},
		{func(c *Config) { c.TrustedProxies = []string{"proxy"} }, "--trusted-proxy"},
	} {
		c := Default()
		test.change(&c)
		complaint := fmt.Sprint(c.Validate())
		if test.wrong == "" && complaint != "<nil>" || !strings.Contains(complaint, test.wrong) || strings.Contains(complaint, "hush") {
			t.Errorf("%v: got %q, want %q", c, complaint, test.wrong)
		}
	}
}

func TestEverythingWrongIsSaidAtOnce(t *testing.T) {
	complaint := fmt.Sprint(Config{}.Validate())
	for _, flag := range []string{"--data", "--listen", "--locale", "--time-zone", "--log-level", "--log-format"} {
		if !strings.Contains(complaint, flag) {
			t.Errorf("%s is not complained of in %q", flag, complaint)
		}
	}
}

func TestSecretsAreHidden(t *testing.T) {
	for _, address := range []string{
		"postgres://u:hush@db/guichet", "postgres://u@db/guichet?password=hush&sslmode=disable",
		"postgres://u@db/guichet?sslpassword=hush", "host=db password=hush", "postgres://u:hush%@db",
	} {
		c := Default()
		c.DatabaseURL, c.SMTPURL = address, "smtp://u:hush@mail:587"
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "config", c)
		for _, shown := range []string{c.String(), fmt.Sprintf("%v %+v %#v", c, c, c), fmt.Sprintf("%+v", &c), log.String()} {
			if strings.Contains(shown, "hush") || !strings.Contains(shown, "mail:587") {
				t.Errorf("%s: shown as %s", address, shown)
			}
		}
	}
}

func TestPublicURL(t *testing.T) {
	for _, test := range []struct{ base, listen, want string }{
		{"https://guichet.example.fr/", ":8080", "https://guichet.example.fr"},
		{"", "127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"", ":8080", "http://localhost:8080"},
		{"", "0.0.0.0:80", "http://localhost:80"},
		{"", "[::]:80", "http://localhost:80"},
		{"", "[::1]:80", "http://[::1]:80"},
	} {
		if got := (Config{BaseURL: test.base, Listen: test.listen}).PublicURL(); got != test.want {
			t.Errorf("%+v: got %q", test, got)
		}
	}
}

func TestZone(t *testing.T) {
	if got := Default().Zone().String(); got != "Europe/Paris" {
		t.Errorf("got %s", got)
	}
	if got := (Config{TimeZone: "nowhere"}).Zone().String(); got != "UTC" {
		t.Errorf("got %s", got)
	}
}

func TestLogger(t *testing.T) {
	for _, test := range []struct{ level, format, want string }{
		{"warn", "text", `level=WARN msg=loud`},
		{"warn", "json", `"level":"WARN","msg":"loud"`},
		{"error", "text", ""},
	} {
		var out bytes.Buffer
		logger := Config{LogLevel: test.level, LogFormat: test.format}.Logger(&out)
		logger.Info("quiet")
		logger.Warn("loud")
		if !strings.Contains(out.String(), test.want) || strings.Contains(out.String(), "quiet") || test.want == "" && out.Len() > 0 {
			t.Errorf("%+v: logged %q", test, &out)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:8080": true, "127.8.8.8:1": true, "[::1]:8080": true, "localhost:8080": true,
		":8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "192.0.2.1:80": false, "desk.example.fr:80": false,
		"localhost.example.fr:80": false, "127.0.0.1": false, "": false,
	} {
		if got := IsLoopback(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}
