package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet/internal/httpx"
)

// Validate says everything that is wrong with the settings, by flag,
// never quoting what may hold a secret.
func (c Config) Validate() error {
	return errors.Join(
		check("data", c.DataDir != "", "must name a folder"),
		check("listen", isHostPort(c.Listen), "must be host:port, such as 127.0.0.1:8080"),
		check("database", c.DatabaseURL == "" || isAddress(c.DatabaseURL, "postgres", "postgresql"),
			"must be postgres://user:password@host/name, with special characters of the password percent-encoded"),
		check("base-url", c.BaseURL == "" || isSite(c.BaseURL), "must be http://host or https://host, without a path"),
		check("locale", slices.Contains([]string{"fr", "en"}, c.Locale), "must be fr or en"),
		check("time-zone", isZone(c.TimeZone), "must be an IANA name, such as Europe/Paris"),
		check("smtp", c.SMTPURL == "" || isAddress(c.SMTPURL, "smtp", "smtps"),
			"must be smtp://user:password@host:587 or smtps://user:password@host:465"),
		check("mail-from", c.MailFrom == "" || isMailbox(c.MailFrom), "must be a mail address"),
		check("mail-from", c.MailFrom != "" || c.SMTPURL == "", "is needed with --smtp"),
		check("log-level", slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel),
			"must be debug, info, warn or error"),
		check("log-format", slices.Contains([]string{"text", "json"}, c.LogFormat), "must be text or json"),
		check("api-rate", c.APIRate >= 0, "must not be negative"),
		check("metrics-listen", c.MetricsListen == "" || isHostPort(c.MetricsListen), "must be host:port, such as 127.0.0.1:9090"),
		check("trusted-proxy", areNetworks(c.TrustedProxies), "must list addresses or networks, such as 10.0.0.2 or 10.0.0.0/8"),
	)
}

// check makes an error out of a setting that is not right.
func check(flag string, right bool, rule string) error {
	if right {
		return nil
	}
	return fmt.Errorf("--%s %s", flag, rule)
}

func isHostPort(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// IsLoopback reports whether host:port is reached from this machine only.
func IsLoopback(text string) bool {
	host, _, err := net.SplitHostPort(text)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// isAddress accepts a URL of one of the schemes that names a host.
func isAddress(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	return err == nil && slices.Contains(schemes, u.Scheme) && u.Host != ""
}

// isSite accepts the address of a whole site: links are made by adding a path to it.
func isSite(text string) bool {
	u, err := url.Parse(text)
	return err == nil && isAddress(text, "http", "https") && u.User == nil &&
		strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == ""
}

func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "" && name != "Local"
}

func isMailbox(text string) bool {
	_, err := mail.ParseAddress(text)
	return err == nil
}

func areNetworks(texts []string) bool {
	_, err := httpx.ParseProxies(texts)
	return err == nil
}
