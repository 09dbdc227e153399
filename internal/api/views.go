package api

import (
	"context"
	"net/http"
	"net/url"

	"guichet"
)

func (f *face) viewRoutes() {
	post := func(id, path string, status int) route {
		return route{id: id, method: http.MethodPost, path: "/views" + path, tag: "tickets", status: status, errors: writeErrors}
	}
	register(f, route{id: "views", method: http.MethodGet, path: "/views", tag: "tickets"}, f.views)
	register(f, post("create_view", "", http.StatusCreated), f.createView)
	register(f, post("order_views", "/order", http.StatusNoContent), f.orderViews)
	register(f, post("change_view", "/{id}", http.StatusOK), f.changeView)
	register(f, post("share_view", "/{id}/share", http.StatusOK), f.shareView)
	register(f, post("remove_view", "/{id}/remove", http.StatusNoContent), f.removeView)
}

// SavedView is a view of the tickets that somebody keeps under a name.
type SavedView struct {
	ID        guichet.ID `json:"id"`
	Name      string     `json:"name"`
	Base      string     `json:"base"`
	Filter    string     `json:"filter,omitempty"`
	Mine      bool       `json:"mine"`
	Owner     *Ref       `json:"owner,omitempty"`
	Team      *Ref       `json:"team,omitempty"`
	Role      *Ref       `json:"role,omitempty"`
	Everybody bool       `json:"everybody,omitempty"`
}

// SavedViews are those that the caller keeps and those that others share, in the order of his or her menu.
type SavedViews struct {
	Views []SavedView `json:"views" nullable:"false"`
}

type viewsOutput struct{ Body SavedViews }

func (f *face) views(ctx context.Context, actor guichet.Actor, _ *struct{}) (*viewsOutput, error) {
	list, err := f.Desk.SavedViews(ctx, actor)
	if err != nil {
		return nil, err
	}
	shown, err := f.savedViews(ctx, actor, list)
	return &viewsOutput{SavedViews{shown}}, err
}

func (f *face) savedViews(ctx context.Context, actor guichet.Actor, list []guichet.SavedView) ([]SavedView, error) {
	desk, err := f.Desk.Config(ctx)
	if err != nil {
		return nil, err
	}
	owners := make([]guichet.ID, len(list))
	for i, v := range list {
		owners[i] = v.OwnerID
	}
	names, err := f.Directory.Names(ctx, owners...)
	out := make([]SavedView, len(list))
	for i, v := range list {
		out[i] = SavedView{ID: v.ID, Name: v.Name, Base: v.Base, Filter: v.Filter, Mine: v.OwnerID == actor.Person.ID, Owner: ref(v.OwnerID, names[v.OwnerID]),
			Team: ref(v.TeamID, desk.Teams[v.TeamID].Name), Role: ref(v.RoleID, desk.Roles[v.RoleID].Name), Everybody: v.Everybody}
	}
	return out, err
}

// ShareOfView is with whom a view is shared: nobody, or one of these.
type ShareOfView struct {
	Team      guichet.ID `json:"team,omitempty"`
	Role      guichet.ID `json:"role,omitempty"`
	Everybody bool       `json:"everybody,omitempty"`
}

// ViewToSave is a view to keep.
type ViewToSave struct {
	Name   string `json:"name"`
	Base   string `json:"base" enum:"mine,teams,pool,qualify,due,pending,resolved,unassigned,open,closed"`
	Filter string `json:"filter,omitempty"`
	ShareOfView
}

func (b ViewToSave) view(id guichet.ID) (guichet.SavedView, error) {
	if _, err := url.ParseQuery(b.Filter); err != nil {
		return guichet.SavedView{}, guichet.Invalid("filter", "field.unknown_value")
	}
	return guichet.SavedView{ID: id, Name: b.Name, Base: b.Base, Filter: b.Filter, Share: guichet.Share{TeamID: b.Team, RoleID: b.Role, Everybody: b.Everybody}}, nil
}

type newViewInput struct{ Body ViewToSave }

type savedViewOutput struct{ Body SavedView }

func (f *face) createView(ctx context.Context, actor guichet.Actor, in *newViewInput) (*savedViewOutput, error) {
	return f.saveView(ctx, actor, in.Body, "")
}

type changeViewInput struct {
	ID   guichet.ID `path:"id"`
	Body ViewToSave
}

func (f *face) changeView(ctx context.Context, actor guichet.Actor, in *changeViewInput) (*savedViewOutput, error) {
	return f.saveView(ctx, actor, in.Body, in.ID)
}

func (f *face) saveView(ctx context.Context, actor guichet.Actor, b ViewToSave, id guichet.ID) (*savedViewOutput, error) {
	v, err := b.view(id)
	if err != nil {
		return nil, err
	}
	if v, err = f.Desk.SaveView(ctx, actor, v); err != nil {
		return nil, err
	}
	return f.savedView(ctx, actor, v)
}

func (f *face) savedView(ctx context.Context, actor guichet.Actor, v guichet.SavedView) (*savedViewOutput, error) {
	shown, err := f.savedViews(ctx, actor, []guichet.SavedView{v})
	if err != nil {
		return nil, err
	}
	return &savedViewOutput{shown[0]}, nil
}

type shareViewInput struct {
	ID   guichet.ID `path:"id"`
	Body ShareOfView
}

func (f *face) shareView(ctx context.Context, actor guichet.Actor, in *shareViewInput) (*savedViewOutput, error) {
	v, err := f.Desk.ShareView(ctx, actor, in.ID, guichet.Share{TeamID: in.Body.Team, RoleID: in.Body.Role, Everybody: in.Body.Everybody})
	if err != nil {
		return nil, err
	}
	return f.savedView(ctx, actor, v)
}

// OrderOfViews is an order in which to show views: those that are named first.
type OrderOfViews struct {
	Views []guichet.ID `json:"view_ids" nullable:"false" maxItems:"200"`
}

type orderViewsInput struct{ Body OrderOfViews }

func (f *face) orderViews(ctx context.Context, actor guichet.Actor, in *orderViewsInput) (*struct{}, error) {
	return nil, f.Desk.OrderViews(ctx, actor, in.Body.Views)
}

func (f *face) removeView(ctx context.Context, actor guichet.Actor, in *idInput) (*struct{}, error) {
	return nil, f.Desk.RemoveView(ctx, actor, in.ID)
}
