// Package auth adds to github.com/abbot/go-http-auth what Traefik uses of a fork of it that no module proxy serves.
package auth

import (
	"net/http"
	"strings"
)

// CheckSecret tells whether a password fits a secret as htpasswd writes it.
func CheckSecret(password, secret string) bool {
	compare := compareFuncs[0].compare
	for _, known := range compareFuncs[1:] {
		if strings.HasPrefix(secret, known.prefix) {
			compare = known.compare
			break
		}
	}
	return compare([]byte(secret), []byte(password)) == nil
}

// RequireAuthStale asks for the password again, where the fork would only ask for another nonce.
func (a *DigestAuth) RequireAuthStale(w http.ResponseWriter, r *http.Request) {
	a.RequireAuth(w, r)
}
