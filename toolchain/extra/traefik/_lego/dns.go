// Package dns stands in for lego's list of DNS providers, several of whose modules no module proxy serves. By them
// Traefik can answer a certificate authority over DNS; this one knows none.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
)

// NewDNSChallengeProviderByName refuses every name.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("this Traefik is built without the DNS provider %s", name)
}
