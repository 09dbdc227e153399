package guichet

import (
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Layouts in which days and hours are written.
const (
	layoutTime     = "15:04"
	layoutDateTime = "2006-01-02T15:04"
)

var (
	numberPattern = regexp.MustCompile(`^[+-]?[0-9]+([.,][0-9]+)?$`)
	// Four digits or more, parted as people write them, no-break spaces included.
	phonePattern = regexp.MustCompile(`^\(?\+?([ \x{00A0}\x{202F}().\-/]{0,3}[0-9]){4,20}\)?$`)
	// An inventory or serial number: letters and digits, parted by the usual signs.
	equipmentPattern = regexp.MustCompile(`^[\p{L}0-9](?:[\p{L}0-9 ._:/#+-]{0,62}[\p{L}0-9])?$`)
)

// ValidPhone reports whether s looks like a telephone number, internal extensions included.
func ValidPhone(s string) bool { return phonePattern.MatchString(s) }

// ValidEmail reports whether s is an electronic address, alone, without a name.
func ValidEmail(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Address == s
}

// fine is the problem of what has none.
var fine = FieldError{}

func wrong(code string, kv ...any) FieldError { return FieldError{Code: code, Args: pairs(kv)} }

// read checks one answer to a field, and finds what it names.
func (f Field) read(v string, a Asking) (Named, FieldError) {
	if n := utf8.RuneCountInString(v); n > MaxAnswer {
		return Named{}, wrong("field.too_long", "Limit", MaxAnswer, "Length", n)
	}
	switch f.Type {
	case FieldPerson, FieldService, FieldFile:
		if a.Resolve == nil {
			return Named{}, wrong("field.unknown_value")
		}
		named := a.Resolve(f, v)
		if named.Code != "" {
			return Named{}, wrong(named.Code, "Text", v)
		}
		return named, fine
	case FieldChoice, FieldMultiChoice:
		i := slices.IndexFunc(f.Options, func(o Option) bool { return o.Value == v })
		if i < 0 {
			return Named{}, wrong("field.choice")
		}
		return Named{Value: v, Label: f.Options[i].Label}, fine
	}
	if !f.Type.accepts(v) {
		return Named{}, wrong(f.Type.fault())
	}
	return Named{Value: v}, f.bounds(v, a)
}

// accepts reports whether a text is written as a type asks.
func (t FieldType) accepts(v string) bool {
	var err error
	switch t {
	case FieldNumber:
		return numberPattern.MatchString(v)
	case FieldDate:
		_, err = time.Parse(time.DateOnly, v)
	case FieldTime:
		_, err = time.Parse(layoutTime, v)
	case FieldDateTime:
		_, err = time.Parse(layoutDateTime, v)
	case FieldYesNo:
		return v == "yes" || v == "no"
	case FieldEmail:
		return ValidEmail(v)
	case FieldPhone:
		return ValidPhone(v)
	case FieldEquipment:
		return equipmentPattern.MatchString(v)
	}
	return err == nil
}

func (t FieldType) fault() string {
	if t == FieldYesNo {
		return "field.choice"
	}
	return "field." + string(t)
}

// bounds holds an answer against the limits of its field.
func (f Field) bounds(v string, a Asking) FieldError {
	if f.Type.Worded() {
		return f.Limits.text(v)
	}
	if !f.Type.Bounded() {
		return fine
	}
	if least := f.bound(f.Limits.Min, a); least != "" && ComparisonLess.holds(f.comparable(v), f.comparable(least)) {
		return wrong("field."+f.sort()+"_min", "Limit", least)
	}
	if most := f.bound(f.Limits.Max, a); most != "" && ComparisonMore.holds(f.comparable(v), f.comparable(most)) {
		return wrong("field."+f.sort()+"_max", "Limit", most)
	}
	return fine
}

// sort is the family of a bounded field: numbers, hours, or days.
func (f Field) sort() string {
	switch f.Type {
	case FieldNumber, FieldTime:
		return string(f.Type)
	}
	return "date"
}

// comparable is what of an answer is compared with a bound: the day alone where the bound is a day.
func (f Field) comparable(v string) string {
	if f.Type == FieldDateTime && len(v) > len(time.DateOnly) {
		return v[:len(time.DateOnly)]
	}
	return v
}

// Bound is the bound of a field as it is at a time: "today+3" is then a day. It is empty where there
// is none.
func (f Field) Bound(text string, a Asking) string { return f.bound(text, a) }

func (f Field) bound(text string, a Asking) string {
	if text == "" || f.Type == FieldNumber || f.Type == FieldTime {
		return text
	}
	days, relative := relativeDays(text)
	switch {
	case !relative:
		return text
	case a.Now.IsZero():
		return ""
	}
	return a.Now.AddDate(0, 0, days).Format(time.DateOnly)
}

// maxDays is how far from today a bound may be.
const maxDays = 36500

// relativeDays reads "today", "today+3" or "today-30".
func relativeDays(text string) (int, bool) {
	rest, found := strings.CutPrefix(text, "today")
	if !found {
		return 0, false
	}
	if rest == "" {
		return 0, true
	}
	n, err := strconv.Atoi(rest)
	return n, err == nil && (rest[0] == '+' || rest[0] == '-') && n <= maxDays && n >= -maxDays
}

// text holds a text against the limits.
func (l Limits) text(v string) FieldError {
	n := utf8.RuneCountInString(v)
	switch {
	case l.MaxLength > 0 && n > l.MaxLength:
		return wrong("field.too_long", "Limit", l.MaxLength, "Length", n)
	case n < l.MinLength:
		return wrong("field.too_short", "Limit", l.MinLength)
	case l.Pattern == "":
		return fine
	}
	pattern, err := l.pattern()
	if err != nil || pattern.MatchString(v) { // a faulty pattern cannot be published; it blames nobody
		return fine
	}
	if l.Message == "" {
		return wrong("field.pattern")
	}
	return wrong("field.pattern_says", "Text", l.Message)
}

// pattern is the expression that a whole text follows.
func (l Limits) pattern() (*regexp.Regexp, error) { return regexp.Compile(`^(?:` + l.Pattern + `)$`) }

// FileKind is a family of files that a field accepts.
type FileKind string

// The kinds of files.
const (
	FilePDF          FileKind = "pdf"
	FileImage        FileKind = "image"
	FileDocument     FileKind = "document"
	FileSpreadsheet  FileKind = "spreadsheet"
	FilePresentation FileKind = "presentation"
	FileArchive      FileKind = "archive"
)

// FileKinds lists them.
func FileKinds() []FileKind {
	return []FileKind{FilePDF, FileImage, FileDocument, FileSpreadsheet, FilePresentation, FileArchive}
}

// Extensions are the ends of the names of the files of a kind.
func (k FileKind) Extensions() []string {
	switch k {
	case FilePDF:
		return []string{".pdf"}
	case FileImage:
		return []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".tif", ".tiff", ".svg"}
	case FileDocument:
		return []string{".doc", ".docx", ".odt", ".rtf", ".txt", ".md"}
	case FileSpreadsheet:
		return []string{".xls", ".xlsx", ".ods", ".csv"}
	case FilePresentation:
		return []string{".ppt", ".pptx", ".odp"}
	case FileArchive:
		return []string{".zip", ".7z", ".tar", ".gz", ".tgz", ".rar"}
	}
	return nil
}

// AcceptsFile reports whether a file may answer the field: its name ends as one of the kinds asks
// and, for a PDF or a picture, so does what was found in it.
func (f Field) AcceptsFile(name, mediaType string) bool {
	if len(f.Limits.Files) == 0 {
		return true
	}
	name = strings.ToLower(name)
	return slices.ContainsFunc(f.Limits.Files, func(k FileKind) bool {
		if !slices.ContainsFunc(k.Extensions(), func(end string) bool { return strings.HasSuffix(name, end) }) {
			return false
		}
		switch k {
		case FilePDF:
			return mediaType == "application/pdf"
		case FileImage:
			return strings.HasPrefix(mediaType, "image/")
		}
		return true
	})
}
