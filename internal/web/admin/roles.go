package admin

import (
	"cmp"
	"slices"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func roleRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /admin/roles", Handle: administrators(roles)},
		{Pattern: "GET /admin/roles/new", Handle: keepers(newRole)},
		{Pattern: "POST /admin/roles/new", Handle: keepers(saveRole)},
		{Pattern: "GET /admin/roles/{id}", Handle: keepers(editRole)},
		{Pattern: "POST /admin/roles/{id}", Handle: keepers(saveRole)},
		{Pattern: "POST /admin/roles/{id}/remove", Handle: keepers(removeRole)},
	}
}

func roleURL(id guichet.ID) string { return "/admin/roles/" + string(id) }

// roleLine is a role with those who hold it.
type roleLine struct {
	Role    guichet.Role
	Holders []directory.Holding
}

func roles(q *site.Request) error {
	holdings, err := q.Directory.Holdings(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	var lines []roleLine
	for _, r := range q.Config.Roles {
		line := roleLine{Role: r}
		for _, h := range holdings {
			if h.RoleID == r.ID {
				line.Holders = append(line.Holders, h)
			}
		}
		lines = append(lines, line)
	}
	slices.SortFunc(lines, func(a, b roleLine) int {
		return cmp.Or(cmp.Compare(a.Role.Name, b.Role.Name), cmp.Compare(a.Role.ID, b.Role.ID))
	})
	return q.Render(ok, rolesView(q, page(q, q.P.T("admin.roles"), "roles"), lines))
}

// roleForm is a role as it is typed.
type roleForm struct {
	Role guichet.Role
	refusal
}

// fullOnly keeps the pages of roles for full administrators; for anybody else they do not exist.
func fullOnly(q *site.Request) error {
	if !q.Actor.Full() {
		return guichet.NotFound("page")
	}
	return nil
}

func newRole(q *site.Request) error { return showRole(q, ok, roleForm{}) }

func editRole(q *site.Request) error {
	r, known := q.Config.Roles[pathID(q)]
	if !known {
		return guichet.NotFound("role")
	}
	return showRole(q, ok, roleForm{Role: r})
}

func showRole(q *site.Request, status int, f roleForm) error {
	if err := fullOnly(q); err != nil {
		return err
	}
	title := q.P.T("role.new")
	if f.Role.ID != "" {
		title = q.P.T("role.edit", "Name", q.Config.Roles[f.Role.ID].Name)
	}
	return q.Render(status, roleFormView(q, page(q, title, "roles"), f))
}

func saveRole(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	f := roleForm{Role: guichet.Role{ID: pathID(q), Name: form.Get("name")}}
	for _, p := range form.Values["permissions"] {
		f.Role.Permissions = append(f.Role.Permissions, guichet.Permission(p))
	}
	if _, err = q.Directory.SaveRole(q.R.Context(), q.Actor, f.Role); err == nil {
		return q.Redirect("/admin/roles", q.P.T("role.saved"))
	}
	r, status, err := refused(q, err)
	if err != nil {
		return err
	}
	f.refusal = r
	return showRole(q, status, f)
}

func removeRole(q *site.Request) error {
	err := q.Directory.RemoveRole(q.R.Context(), q.Actor, pathID(q))
	if err == nil {
		return q.Redirect("/admin/roles", q.P.T("role.removed"))
	}
	return done(q, err, roleURL(pathID(q)), "")
}

// permissionOptions are the permissions, each in a sentence.
func permissionOptions(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, p := range guichet.Permissions() {
		out = append(out, kit.Option{Value: string(p), Label: q.P.T("admin.permission."+string(p)) + q.P.T("role.colon") + q.P.T("role.permission."+string(p))})
	}
	return out
}

func permissionsOf(r guichet.Role) []string {
	var out []string
	for _, p := range r.Permissions {
		out = append(out, string(p))
	}
	return out
}
