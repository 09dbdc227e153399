package guichet

import (
	"slices"
	"time"
)

// HolidaySet names the public holidays of a part of France. They are those of the law: the Labour
// Code (L3133-1, L3134-13, L3422-2) and the decree 83-1003, and the codes of the collectivities of the
// Pacific. Days that are kept by custom alone (Mardi gras, 21 July…) are closures of the calendar.
type HolidaySet string

// The sets of holidays; the zero one has none.
const (
	HolidaysFrance        HolidaySet = "fr"
	HolidaysAlsaceMoselle HolidaySet = "fr-alsace-moselle"
	HolidaysGuadeloupe    HolidaySet = "fr-guadeloupe"
	HolidaysGuyane        HolidaySet = "fr-guyane"
	HolidaysMartinique    HolidaySet = "fr-martinique"
	HolidaysMayotte       HolidaySet = "fr-mayotte"
	HolidaysReunion       HolidaySet = "fr-reunion"
	HolidaysBarthelemy    HolidaySet = "fr-saint-barthelemy"
	HolidaysSaintMartin   HolidaySet = "fr-saint-martin"
	HolidaysMiquelon      HolidaySet = "fr-saint-pierre-et-miquelon"
	HolidaysCaledonie     HolidaySet = "fr-nouvelle-caledonie"
	HolidaysPolynesie     HolidaySet = "fr-polynesie"
	HolidaysWallis        HolidaySet = "fr-wallis-et-futuna"
)

// HolidaySets lists the sets in the order in which they are offered.
func HolidaySets() []HolidaySet {
	return []HolidaySet{HolidaysFrance, HolidaysAlsaceMoselle, HolidaysGuadeloupe, HolidaysGuyane,
		HolidaysMartinique, HolidaysMayotte, HolidaysReunion, HolidaysBarthelemy, HolidaysSaintMartin,
		HolidaysMiquelon, HolidaysCaledonie, HolidaysPolynesie, HolidaysWallis}
}

// Holiday is the key of a public holiday; the faces name it.
type Holiday string

// The public holidays.
const (
	HolidayNewYear      Holiday = "new_year"
	HolidayGoodFriday   Holiday = "good_friday"
	HolidayEasterMonday Holiday = "easter_monday"
	HolidayLabour       Holiday = "labour_day"
	HolidayVictory      Holiday = "victory_1945"
	HolidayAscension    Holiday = "ascension"
	HolidayWhitMonday   Holiday = "whit_monday"
	HolidayNational     Holiday = "national_day"
	HolidayAssumption   Holiday = "assumption"
	HolidayAllSaints    Holiday = "all_saints"
	HolidayArmistice    Holiday = "armistice_1918"
	HolidayChristmas    Holiday = "christmas"
	HolidayStStephen    Holiday = "second_christmas_day"
	HolidayAbolition    Holiday = "abolition_of_slavery"
	HolidayCitizenship  Holiday = "citizenship_day"
	HolidayMissionaries Holiday = "missionaries_day"
	HolidayAutonomy     Holiday = "autonomy_day"
	HolidayMatarii      Holiday = "matarii"
	HolidayChanel       Holiday = "saint_peter_chanel"
	HolidayTerritory    Holiday = "territory_day"
)

// Holidays lists every public holiday, for the checks of texts.
func Holidays() []Holiday {
	return []Holiday{HolidayNewYear, HolidayGoodFriday, HolidayEasterMonday, HolidayLabour, HolidayVictory,
		HolidayAscension, HolidayWhitMonday, HolidayNational, HolidayAssumption, HolidayAllSaints,
		HolidayArmistice, HolidayChristmas, HolidayStStephen, HolidayAbolition, HolidayCitizenship,
		HolidayMissionaries, HolidayAutonomy, HolidayMatarii, HolidayChanel, HolidayTerritory}
}

// holidayRule is a holiday of some sets: a day of the year, or a number of days after Easter.
type holidayRule struct {
	holiday     Holiday
	month       time.Month
	day         int
	afterEaster bool         // day counts from Easter Sunday
	only        []HolidaySet // empty: everywhere
	since, till int          // years, 0: no limit
}

func (r holidayRule) in(s HolidaySet, year int) bool {
	return (len(r.only) == 0 || slices.Contains(r.only, s)) && year >= r.since && (r.till == 0 || year <= r.till)
}

// holidayRules are all of them, in the order of a year as far as it is known.
func holidayRules() []holidayRule {
	return []holidayRule{
		{holiday: HolidayNewYear, month: time.January, day: 1},
		{holiday: HolidayMissionaries, month: time.March, day: 5, only: []HolidaySet{HolidaysPolynesie}},
		{holiday: HolidayGoodFriday, day: -2, afterEaster: true, only: []HolidaySet{HolidaysAlsaceMoselle, HolidaysPolynesie}},
		{holiday: HolidayEasterMonday, day: 1, afterEaster: true},
		{holiday: HolidayAbolition, month: time.April, day: 27, only: []HolidaySet{HolidaysMayotte}, since: 1984},
		{holiday: HolidayChanel, month: time.April, day: 28, only: []HolidaySet{HolidaysWallis}},
		{holiday: HolidayLabour, month: time.May, day: 1},
		{holiday: HolidayVictory, month: time.May, day: 8, since: 1982},
		{holiday: HolidayAscension, day: 39, afterEaster: true},
		{holiday: HolidayWhitMonday, day: 50, afterEaster: true},
		{holiday: HolidayAbolition, month: time.May, day: 22, only: []HolidaySet{HolidaysMartinique}, since: 1984},
		{holiday: HolidayAbolition, month: time.May, day: 27, only: []HolidaySet{HolidaysGuadeloupe}, since: 1984},
		{holiday: HolidayAbolition, month: time.May, day: 27, only: []HolidaySet{HolidaysSaintMartin}, since: 1984, till: 2017},
		{holiday: HolidayAbolition, month: time.May, day: 28, only: []HolidaySet{HolidaysSaintMartin}, since: 2018},
		{holiday: HolidayAbolition, month: time.June, day: 10, only: []HolidaySet{HolidaysGuyane}, since: 1984},
		{holiday: HolidayAutonomy, month: time.June, day: 29, only: []HolidaySet{HolidaysPolynesie}, till: 2024},
		{holiday: HolidayNational, month: time.July, day: 14},
		{holiday: HolidayTerritory, month: time.July, day: 29, only: []HolidaySet{HolidaysWallis}},
		{holiday: HolidayAssumption, month: time.August, day: 15},
		{holiday: HolidayCitizenship, month: time.September, day: 24, only: []HolidaySet{HolidaysCaledonie}},
		{holiday: HolidayAbolition, month: time.October, day: 9, only: []HolidaySet{HolidaysBarthelemy}, since: 2012},
		{holiday: HolidayAllSaints, month: time.November, day: 1},
		{holiday: HolidayArmistice, month: time.November, day: 11},
		{holiday: HolidayMatarii, month: time.November, day: 20, only: []HolidaySet{HolidaysPolynesie}, since: 2025},
		{holiday: HolidayAbolition, month: time.December, day: 20, only: []HolidaySet{HolidaysReunion}, since: 1984},
		{holiday: HolidayChristmas, month: time.December, day: 25},
		{holiday: HolidayStStephen, month: time.December, day: 26, only: []HolidaySet{HolidaysAlsaceMoselle}},
	}
}

// Feast is a holiday on its day.
type Feast struct {
	Day     Date
	Holiday Holiday
}

// Year lists the holidays of a year in the order of their days.
func (s HolidaySet) Year(year int) []Feast {
	if s == "" {
		return nil
	}
	easter := EasterSunday(year)
	var out []Feast
	for _, r := range holidayRules() {
		if !r.in(s, year) {
			continue
		}
		day := Date{year, r.month, r.day}
		if r.afterEaster {
			day = easter.AddDays(r.day)
		}
		out = append(out, Feast{day, r.holiday})
	}
	slices.SortStableFunc(out, func(a, b Feast) int { return a.Day.Compare(b.Day) })
	return out
}

// Next lists the next holidays from a day on.
func (s HolidaySet) Next(from Date, count int) []Feast {
	var out []Feast
	for year := from.Year; s != "" && len(out) < count; year++ {
		for _, f := range s.Year(year) {
			if f.Day.Compare(from) >= 0 && len(out) < count {
				out = append(out, f)
			}
		}
	}
	return out
}

// EasterSunday is the day of Easter in the Gregorian calendar (the anonymous method, as Meeus gives it).
func EasterSunday(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return Date{year, time.Month(n / 31), n%31 + 1}
}
