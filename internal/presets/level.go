package presets

import (
	"errors"
	"strconv"
	"strings"

	"guichet"
)

func (p *Preset) readCalendars(f *folder) {
	p.Calendars = list[guichet.Calendar](f, fileCalendars)
	for i := range p.Calendars {
		p.Calendars[i].Version = 1
	}
}

func (p *Preset) readLevels(f *folder) { p.Desk.Levels = list[guichet.ServiceLevel](f, fileLevels) }

func (p Preset) writeCalendars() any { return p.Calendars }

func (p Preset) writeLevels() any { return p.Desk.Levels }

func (p Preset) checkCalendars(f *folder) {
	once(f, fileCalendars, p.Calendars, func(c guichet.Calendar) guichet.ID { return c.ID })
	for _, c := range p.Calendars {
		if err := c.Check(); err != nil {
			f.fault(fileCalendars, c.ID, "%s: %v", c.ID, err)
		}
	}
}

func (p Preset) checkLevels(f *folder) {
	once(f, fileLevels, p.Desk.Levels, func(l guichet.ServiceLevel) guichet.ID { return l.ID })
	var wrong *guichet.Error
	if !errors.As(p.Desk.CheckServiceLevels(p.Desk.Levels), &wrong) {
		return
	}
	for _, field := range wrong.Fields {
		place, name, _ := strings.Cut(field.Field, ".")
		if i, err := strconv.Atoi(place); err == nil && name != "id" {
			l := p.Desk.Levels[i]
			f.fault(fileLevels, l.ID, "%s: %s: %s", l.ID, name, field.Code)
		}
	}
}
