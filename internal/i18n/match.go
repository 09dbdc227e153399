package i18n

import (
	"golang.org/x/text/language"
)

// acceptLimit is the longest Accept-Language header worth reading, in bytes;
// browsers send about a hundred.
const acceptLimit = 512

// Match chooses the language of a reader: the preferred one when we speak it
// (a person's own setting), else the best of the browser's Accept-Language
// header, else French. The answer is "fr" or "en".
func Match(acceptLanguage, preferred string) string {
	if tag, err := language.Parse(preferred); err == nil {
		if locale, ok := spoken(tag); ok {
			return locale
		}
	}
	if len(acceptLanguage) > acceptLimit {
		return Default
	}
	tags, weights, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return Default
	}
	for i, tag := range tags {
		if locale, ok := spoken(tag); ok && weights[i] > 0 {
			return locale
		}
	}
	return Default
}

// spoken says which of our languages a tag such as fr-CA or en-GB means.
func spoken(tag language.Tag) (string, bool) {
	base, _ := tag.Base()
	locale := base.String()
	return locale, locale == "fr" || locale == "en"
}
