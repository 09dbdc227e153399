package directory

import (
	"context"
	"encoding/csv"
	"io"

	"guichet"
	"guichet/internal/store"
)

// Export writes the persons that a query finds, as the columns that an import reads: in UTF-8, parted by
// semicolons, as French spreadsheets expect. No value is one that a spreadsheet computes. Error: not found
// for who keeps no directory.
func (d *Directory) Export(ctx context.Context, actor guichet.Actor, q Query, w io.Writer) error {
	if len(actor.Keeping()) == 0 {
		return guichet.NotFound("page")
	}
	if _, err := w.Write(bom); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	fields := []string{"employee_number", "login", "email", "given_name", "family_name", "organisation", "phone", "location", "equipment", "profile", "locale"}
	if err := out.Write(fields); err != nil {
		return err
	}
	q.Limit, q.After = MaxPage, ""
	for {
		var page Page
		var logins map[guichet.ID]string
		err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
			if page, err = pageOf(ctx, tx, actor, q); err != nil {
				return err
			}
			ids := make([]guichet.ID, len(page.People))
			for i, p := range page.People {
				ids[i] = p.ID
			}
			logins, err = tx.Logins(ctx, ids)
			return err
		})
		if err != nil {
			return err
		}
		for _, p := range page.People {
			if err := out.Write(exported(p, logins[p.ID])); err != nil {
				return err
			}
		}
		out.Flush()
		if q.After = page.Next; q.After == "" || out.Error() != nil {
			return out.Error()
		}
	}
}

func exported(p guichet.Person, login string) []string {
	values := []string{p.EmployeeNumber, login, p.Email, p.GivenName, p.FamilyName, string(p.OrganisationID), p.Phone, p.Location, p.Equipment, p.Profile, p.Locale}
	for i, v := range values {
		values[i] = neutral(v)
	}
	return values
}
