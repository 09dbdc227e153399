package httpx

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies lists the networks of the proxies in front of Guichet, the only ones
// believed when they say for whom they ask.
type Proxies []netip.Prefix

// ParseProxies reads addresses ("10.0.0.2") and networks ("10.0.0.0/8").
func ParseProxies(texts []string) (Proxies, error) {
	var proxies Proxies
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if !strings.Contains(text, "/") {
			var address netip.Addr
			address, err = netip.ParseAddr(text)
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		if err != nil {
			return nil, err
		}
		proxies = append(proxies, prefix)
	}
	return proxies, nil
}

// ClientIP names the client of a request: the address of the connection or,
// when that is a known proxy, the last one in X-Forwarded-For that is not
// (those before it are the client's own word). An IPv6 client is named by its
// /64, which is what one subscriber has.
func (p Proxies) ClientIP(r *http.Request) string {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr // a Unix socket has no address
	}
	client := remote.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		address, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil || !p.include(client) {
			break
		}
		client = address.Unmap()
	}
	return subscriber(client)
}

func (p Proxies) include(address netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(address) })
}

func subscriber(address netip.Addr) string {
	if address.Is4() {
		return address.String()
	}
	network, err := address.WithZone("").Prefix(64)
	if err != nil {
		return address.String()
	}
	return network.String()
}
