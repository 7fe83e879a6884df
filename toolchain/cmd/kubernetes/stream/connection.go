package stream

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
)

// serveStreams serves so that the context of a request ends with its connection, also once the connection has
// been taken over by SPDY or WebSocket, which net/http alone does not see to. So a killed client ends its exec.
func serveStreams(listener net.Listener, handler http.Handler) error {
	server := http.Server{
		Handler: handler,
		ConnContext: func(ctx context.Context, connection net.Conn) context.Context {
			ctx, connection.(*watched).lost = context.WithCancel(ctx)
			return ctx
		},
	}
	return server.Serve(watching{listener})
}

type watching struct{ net.Listener }

func (l watching) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &watched{Conn: connection}, nil
}

// watched tells when its peer is gone: whoever serves a stream reads from the connection all the time.
type watched struct {
	net.Conn
	lost context.CancelFunc
}

func (c *watched) Read(buffer []byte) (int, error) {
	n, err := c.Conn.Read(buffer)
	// A deadline is no loss: net/http sets one in the past in order to hand the connection over.
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		c.lost()
	}
	return n, err
}

func (c *watched) Close() error {
	c.lost()
	return c.Conn.Close()
}
