// Package config holds the settings of one Guichet program: where its data is,
// where it listens, how it sends mail. The command line fills them from flags
// and from GUICHET_… variables; what the desk itself does (catalogue, rules,
// workflows) is data, not settings.
package config

import (
	"io"
	"log/slog"
	"net"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // time zones on machines that have none, such as minimal containers
)

// Config is the settings of one program, each with its flag, its variable and
// its default. Check them with Validate before use.
type Config struct {
	DataDir        string   `name:"data" env:"GUICHET_DATA" default:"guichet-data" placeholder:"DIR" help:"Folder of the database, the files and the installation key (default: ${default}; for demo, guichet-demo-PRESET)."`
	Listen         string   `name:"listen" env:"GUICHET_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDR" help:"Address to serve pages and API on (host:port; default: ${default})."`
	DatabaseURL    string   `name:"database" env:"GUICHET_DATABASE" placeholder:"URL" help:"PostgreSQL database (postgres://user:password@host/name). Without it, SQLite in the data folder."`
	BaseURL        string   `name:"base-url" env:"GUICHET_BASE_URL" placeholder:"URL" help:"Public address, as people type it and as mails link to it. Without it, that of --listen."`
	Locale         string   `name:"locale" env:"GUICHET_LOCALE" default:"fr" placeholder:"LANG" help:"Language of those who have not chosen one: fr or en (default: ${default})."`
	TimeZone       string   `name:"time-zone" env:"GUICHET_TIME_ZONE" default:"Europe/Paris" placeholder:"ZONE" help:"Time zone of those who have not chosen one (IANA name; default: ${default})."`
	SMTPURL        string   `name:"smtp" env:"GUICHET_SMTP" placeholder:"URL" help:"Mail server (smtp://user:password@host:587, or smtps://…:465). Without it, no mail leaves."`
	MailFrom       string   `name:"mail-from" env:"GUICHET_MAIL_FROM" placeholder:"ADDRESS" help:"Sender of mails, such as \"Assistance <aide@example.fr>\". Needed with --smtp."`
	LogLevel       string   `name:"log-level" env:"GUICHET_LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"Least serious records to log: debug, info, warn or error (default: ${default})."`
	LogFormat      string   `name:"log-format" env:"GUICHET_LOG_FORMAT" default:"text" placeholder:"FORMAT" help:"Form of the log: text or json (default: ${default})."`
	APIRate        int      `name:"api-rate" env:"GUICHET_API_RATE" default:"600" placeholder:"N" help:"Requests a minute that an API token may make; 0 for no limit (default: ${default})."`
	MetricsListen  string   `name:"metrics-listen" env:"GUICHET_METRICS_LISTEN" placeholder:"ADDR" help:"Address to serve /metrics on alone. Without it, with the pages."`
	TrustedProxies []string `name:"trusted-proxy" env:"GUICHET_TRUSTED_PROXIES" placeholder:"NETWORK" help:"Proxies in front, believed when they name the client (10.0.0.2 or 10.0.0.0/8); repeat it, or separate with commas."`
}

// Default is the settings of a program started without flags or variables.
func Default() Config {
	var c Config
	fields := reflect.ValueOf(&c).Elem()
	for i := range fields.NumField() {
		value, given := fields.Type().Field(i).Tag.Lookup("default")
		switch field := fields.Field(i); {
		case !given:
		case field.CanInt():
			n, _ := strconv.ParseInt(value, 10, 64) // the tags are ours
			field.SetInt(n)
		default:
			field.SetString(value)
		}
	}
	return c
}

// PublicURL is the address people use, without a final slash: BaseURL, or the
// one of Listen, where a server that listens everywhere is called localhost.
func (c Config) PublicURL() string {
	if c.BaseURL != "" {
		return strings.TrimSuffix(c.BaseURL, "/")
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "http://" + c.Listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Zone is the time zone of TimeZone, UTC when it is unknown.
func (c Config) Zone() *time.Location {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Logger writes the log of the chosen level and form to out.
func (c Config) Logger(out io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}

// String lists the settings by flag, on one line, secrets hidden: it may be logged.
func (c Config) String() string {
	c.DatabaseURL, c.SMTPURL = hideSecrets(c.DatabaseURL), hideSecrets(c.SMTPURL)
	var b strings.Builder
	fields := reflect.ValueOf(c)
	for i := range fields.NumField() {
		value := fields.Field(i)
		if value.IsZero() {
			continue
		}
		text := value.String()
		if list, ok := value.Interface().([]string); ok {
			text = strings.Join(list, ",")
		}
		b.WriteString(fields.Type().Field(i).Tag.Get("name") + "=" + text + " ")
	}
	return strings.TrimSuffix(b.String(), " ")
}

// GoString hides secrets from %#v too.
func (c Config) GoString() string { return c.String() }

// LogValue hides secrets from logs that would list the fields.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// hideSecrets replaces the passwords of an address, in its user part and in its query.
func hideSecrets(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "(hidden: not an address)"
	}
	query := u.Query()
	for name := range query {
		if strings.Contains(strings.ToLower(name), "pass") {
			query.Set(name, "xxxxx")
		}
	}
	u.RawQuery = query.Encode()
	return u.Redacted()
}
