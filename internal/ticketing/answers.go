package ticketing

import (
	"context"
	"maps"

	"guichet"
)

// answers checks what was answered to the form of the offering, and keeps it.
func (o *opening) answers(ctx context.Context) error {
	var fault error
	asking := o.desk.AskingOf(o.asker, o.tx.Now)
	asking.Resolve = func(f guichet.Field, typed string) guichet.Named {
		named, err := o.named(ctx, f, typed)
		if err != nil {
			fault = err
		}
		return named
	}
	answers, err := o.form().Check(o.given(), asking)
	if fault != nil {
		return fault
	}
	o.ticket.Answers = answers
	if err != nil && o.in.FormVersion != 0 && o.in.FormVersion != o.offering.Form.Version {
		o.problems.Add("form", "offering.changed")
	}
	o.problems.Merge(err)
	return nil
}

// form is what is asked: all of it of who asks, nothing more than is known of who records a call, a
// mail or a visit. A program sends its files once the ticket is there.
func (o *opening) form() guichet.Form {
	switch o.ticket.Channel {
	case guichet.ChannelPhone, guichet.ChannelMail, guichet.ChannelCounter:
		return o.offering.Form.Optional()
	case guichet.ChannelDesk:
		if o.asker.ID != o.actor.Person.ID {
			return o.offering.Form.Optional()
		}
	}
	if o.actor.Channel == guichet.ChannelAPI {
		return o.offering.Form.FilesLater()
	}
	return o.offering.Form
}

// given are the answers as they were typed, cleaned; a field for files is answered by the files that
// came for it, and by nothing else.
func (o *opening) given() map[string][]string {
	given := maps.Clone(o.in.Answers)
	if given == nil {
		given = map[string][]string{}
	}
	for _, f := range o.offering.Form.Fields {
		switch f.Type {
		case guichet.FieldFile:
			delete(given, f.Key)
		default:
			if values, typed := given[f.Key]; typed {
				given[f.Key] = cleaned(f, values)
			}
		}
	}
	for i := range o.in.Files {
		f := &o.in.Files[i]
		if field, known := o.offering.Form.Field(f.Field); known && field.Type == guichet.FieldFile {
			f.id = guichet.NewID(o.tx.Now)
			given[f.Field] = append(given[f.Field], string(f.id))
		}
	}
	return given
}

func cleaned(f guichet.Field, values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		if f.Type == guichet.FieldLongText || f.Type == guichet.FieldRichText {
			out[i] = body(v)
		} else {
			out[i] = line(v)
		}
	}
	return out
}

// named finds what an answer names.
func (o *opening) named(ctx context.Context, f guichet.Field, typed string) (guichet.Named, error) {
	switch f.Type {
	case guichet.FieldPerson:
		p, problem, err := find(ctx, o.tx, typed)
		return guichet.Named{Value: string(p.ID), Label: p.Name(), Code: problem}, err
	case guichet.FieldService:
		if id := guichet.ID(typed); o.desk.Shows(id, o.asker, o.tx.Now) {
			return guichet.Named{Value: typed, Label: o.desk.ServiceName(id)}, nil
		}
	case guichet.FieldFile:
		for _, file := range o.in.Files {
			if string(file.id) == typed {
				return fileNamed(f, file), nil
			}
		}
	}
	return guichet.Named{Code: "field.unknown_value"}, nil
}

func fileNamed(f guichet.Field, file File) guichet.Named {
	name := fileName(file)
	if !f.AcceptsFile(name, file.MediaType) {
		return guichet.Named{Code: "field.file_kind"}
	}
	return guichet.Named{Value: string(file.id), Label: shorten(name)}
}
