package directory

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"guichet"
)

func TestTables(t *testing.T) {
	latin, err := charmap.Windows1252.NewEncoder().String("nom;prénom\r\nLefèvre;Zoé\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       []string // header, then "line:cells"
	}{
		{"semicolons", "nom;prénom\nLefèvre;Zoé\n", []string{"nom", "prénom", "2:Lefèvre|Zoé"}},
		{"commas", "nom,prénom\nLefèvre,Zoé", []string{"nom", "prénom", "2:Lefèvre|Zoé"}},
		{"tabs", "nom\tprénom\nLefèvre\tZoé", []string{"nom", "prénom", "2:Lefèvre|Zoé"}},
		{"a mark of order", "\xef\xbb\xbfnom;prénom\r\nLefèvre;Zoé\r\n", []string{"nom", "prénom", "2:Lefèvre|Zoé"}},
		{"Windows", latin, []string{"nom", "prénom", "2:Lefèvre|Zoé"}},
		{"decomposed accents", "nom;pre\u0301nom\nLefe\u0300vre;Zoe\u0301\n", []string{"nom", "prénom", "2:Lefèvre|Zoé"}},
		{"quotes", "nom;prénom\n\"Le;\"\"fèvre\"\"\";\"Zoé\nAnne\"\n", []string{"nom", "prénom", `2:Le;"fèvre"|Zoé Anne`}},
		{"a quote within", "nom;prénom\nDupont \"le grand\";Jean\nB;C\n", []string{"nom", "prénom", `2:Dupont "le grand"|Jean`, "3:B|C"}},
		{"commas in a quoted header", "\"nom, usuel\";prénom\na;b\n", []string{"nom, usuel", "prénom", "2:a|b"}},
		{"blank lines", "\n;;\nnom;prénom\n\n;\nLefèvre;Zoé\n", []string{"nom", "prénom", "6:Lefèvre|Zoé"}},
		{"ragged lines", "nom;prénom\nLefèvre\nA;B;C\n", []string{"nom", "prénom", "2:Lefèvre", "3:A|B|C"}},
		{"kept from spreadsheets", "nom;tél\nA;'+33 4\n", []string{"nom", "tél", "2:A|+33 4"}},
		{"an apostrophe", "nom;b\n'Abc;d\n", []string{"nom", "b", "2:'Abc|d"}},
	} {
		table, err := parseTable([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := slices.Clone(table.Header)
		for _, r := range table.Rows {
			got = append(got, strings.Join([]string{itoa(r.Line), strings.Join(r.Cells, "|")}, ":"))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func itoa(n int) string { return string(rune('0' + n)) }

func TestWrongTables(t *testing.T) {
	for code, text := range map[string]string{
		"import.empty":    "nom;prénom\n\n",
		"import.not_text": "\xff\xfen\x00o\x00m\x00",
		"import.quote":    "nom;prénom\n\"" + strings.Repeat("a;b\n", 500),
		"import.too_wide": "nom;prénom\n" + strings.Repeat(";x", 100),
	} {
		_, err := parseTable([]byte(text))
		var e *guichet.Error
		if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Field != "file" || e.Fields[0].Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, err := parseTable(nil); err == nil {
		t.Error("an empty file")
	}
}

// A file of ten megabytes that is one line of nothing but separators, quoted breaks or quotes costs about what
// it weighs: each cell would cost ten times its byte.
func TestALineWithoutEndIsNotRead(t *testing.T) {
	for name, line := range map[string]string{"separators": ";", "quoted breaks": ";\"\n\"", "quotes": "\"\"", "cells": "a;", "breaks": "\"\n"} {
		body := []byte("nom;prénom\n" + strings.Repeat(line, MaxFile/len(line)-10))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := parseTable(body)
		runtime.ReadMemStats(&after)
		if code := guichet.KindOf(err); err == nil || code != guichet.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 5*MaxFile {
			t.Errorf("%s: %d MiB were taken", name, spent>>20)
		}
	}
}

// The longest line that the limits allow is read.
func TestTheLongestLineIsRead(t *testing.T) {
	long := strings.TrimSuffix(strings.Repeat(strings.Repeat("é", maxCell)+";", maxColumns), ";")
	table, err := parseTable([]byte("nom;prénom\n" + long + "\n" + long + "\n"))
	if err != nil || len(table.Rows) != 2 || len(table.Rows[1].Cells) != maxColumns {
		t.Fatalf("%d lines, %v", len(table.Rows), err)
	}
}

func TestColumnsAreRecognised(t *testing.T) {
	for header, want := range map[string][]string{
		"Matricule;NOM;Prénom;E-mail;Établissement;Téléphone":                                           {"employee_number", "family_name", "given_name", "email", "organisation", "phone"},
		"Employee number;Last name;First name;Mail;Site;Office":                                         {"employee_number", "family_name", "given_name", "email", "organisation", "location"},
		"Nom complet;Identifiant;Couleur;identifiant":                                                   {"name", "login", "", ""},
		"employee_number;login;email;given_name;family_name;organisation;phone;location;profile;locale": {"employee_number", "login", "email", "given_name", "family_name", "organisation", "phone", "location", "profile", "locale"},
	} {
		if got := guess(ImportPeople, strings.Split(header, ";")); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", header, got, want)
		}
	}
}

// FuzzTable feeds the reader with anything: it reads or refuses, what it reads is clean, and no value that
// is written again is one that a spreadsheet computes.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"nom;prénom\nLefèvre;Zoé\n", "a,b\r\n\"x,\"\"y\",=1+1\r\n", "\xef\xbb\xbfa\tb\n1\t2", "nom\n\xe9\xe8\n", "\"", "a;b\n'=x;'\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		table, err := parseTable(body)
		if err != nil {
			if guichet.KindOf(err) != guichet.KindInvalid {
				t.Fatal(err)
			}
			return
		}
		last := 0
		for _, r := range table.Rows {
			if r.Line <= last {
				t.Fatalf("line %d after %d", r.Line, last)
			}
			last = r.Line
			for _, c := range r.Cells {
				if !utf8.ValidString(c) || strings.ContainsAny(c, "\x00\n\r") || formula(neutral(c)) || cell(neutral(c)) != c && !formula(c) {
					t.Fatalf("cell %q", c)
				}
			}
		}
	})
}
