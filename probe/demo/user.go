package demo

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

type user struct {
	ID    int64    `json:"id"`
	Name  string   `json:"name"`
	Email string   `json:"email"`
	Age   *int64   `json:"age,omitempty"`
	Roles []string `json:"roles"`
}

func parseUser(in *reading) user {
	return user{
		Name:  in.text("name", 100),
		Email: in.email("email"),
		Age:   in.whole("age", 18, 150),
		Roles: in.choices("roles", []string{string(member)}, []string{string(admin), string(member)}),
	}
}

type order struct {
	ID       int64  `json:"id"`
	UserID   int64  `json:"user_id"`
	Quantity int64  `json:"quantity"`
	Status   string `json:"status"`
}

func parseOrder(in *reading) order {
	return order{
		UserID:   in.required("user_id", 1, 1<<53),
		Quantity: in.required("quantity", 1, 1000),
		Status:   in.choice("status", "open", []string{"open", "paid", "shipped", "cancelled"}),
	}
}

// seeded gives the collections as every demo begins. What is created later
// has ids from 42 on.
func seeded() (*collection[user], *collection[order]) {
	lock := new(sync.RWMutex)
	age := int64(36)
	users := &collection[user]{
		path: "/api/users", singular: "user", lock: lock, next: 42,
		rows: []user{
			{ID: 1, Name: "Alice", Email: "alice@example.com", Age: &age, Roles: []string{"admin", "user"}},
			{ID: 2, Name: "Bob", Email: "bob@example.com", Roles: []string{"user"}},
			{ID: 3, Name: "Carol", Email: "carol@example.com", Roles: []string{"user"}},
		},
		id:    func(u *user) *int64 { return &u.ID },
		parse: parseUser,
	}
	orders := &collection[order]{
		path: "/api/orders", singular: "order", lock: lock, next: 42,
		rows: []order{
			{ID: 1, UserID: 1, Quantity: 2, Status: "paid"},
			{ID: 2, UserID: 2, Quantity: 1, Status: "open"},
		},
		id:    func(o *order) *int64 { return &o.ID },
		parse: parseOrder,
		inUse: func(order) *reply { return nil },
	}
	users.unfit = func(u user) *reply { return emailTaken(users.rows, u) }
	users.inUse = func(u user) *reply { return hasOrders(orders.rows, u) }
	users.listed = func(u user, q url.Values) bool {
		return strings.Contains(strings.ToLower(u.Name), strings.ToLower(q.Get("q")))
	}
	orders.unfit = func(o order) *reply {
		if _, ok := users.find(o.UserID); !ok {
			return invalid([]detail{{"user_id", "There is no such user"}})
		}
		return nil
	}
	orders.listed = func(o order, q url.Values) bool { return !q.Has("status") || q.Get("status") == o.Status }
	return users, orders
}

func emailTaken(users []user, u user) *reply {
	for _, other := range users {
		if other.ID != u.ID && strings.EqualFold(other.Email, u.Email) {
			r := failure(http.StatusConflict, "DUPLICATE", "A user with this email already exists", detail{"email", "Is taken"})
			return &r
		}
	}
	return nil
}

func hasOrders(orders []order, u user) *reply {
	if !slices.ContainsFunc(orders, func(o order) bool { return o.UserID == u.ID }) {
		return nil
	}
	r := failure(http.StatusConflict, "IN_USE", "The user still has orders: delete those first")
	return &r
}
