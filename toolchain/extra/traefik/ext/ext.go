// Package ext stands in for a module of Traefik's that no module proxy serves: by it other editions of Traefik extend
// its configuration. This one adds nothing.
package ext

// HTTP extends the HTTP configuration.
type HTTP struct{}

// Router extends a router.
type Router struct{}
