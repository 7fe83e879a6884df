// Package stream serves exec, attach and port-forward for a container runtime in another process.
//
// The kubelet reaches these three over SPDY or WebSocket at a URL that the runtime gives it. The runtime asks
// for that URL on a Unix socket; what is to be done then stands in its request. See
// src/canarylab/clusters/local/cri/streaming.py for the other side.
package stream

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-streaming/pkg/streaming"
)

// request is what the runtime asks for. An exec has Argv, which enters the container by itself, and the container's
// Pid; an attach has a Socket; a port-forward has the Pid of a process in the pod's network.
type request struct {
	Argv   []string `json:"argv"`
	Env    []string `json:"env"`
	Socket string   `json:"socket"`
	Pid    int      `json:"pid"`
	Ports  []int32  `json:"ports"`
	Stdin  bool     `json:"stdin"`
	Stdout bool     `json:"stdout"`
	Stderr bool     `json:"stderr"`
	TTY    bool     `json:"tty"`
}

// parse turns the id of a "container" back into the request. The library keeps an id until the URL is used and
// hands it on unread, so the request itself serves as the id and no table is needed.
func parse(id string) (asked request, err error) {
	err = json.Unmarshal([]byte(id), &asked)
	return asked, err
}

// Main serves at a TCP address and gives out URLs on a Unix socket, until one of the two fails.
func Main(arguments []string) int {
	if len(arguments) != 2 {
		fmt.Fprintln(os.Stderr, "usage: cri-stream ADDRESS SOCKET")
		return 2
	}
	if err := serve(arguments[0], arguments[1]); err != nil {
		fmt.Fprintln(os.Stderr, "cri-stream:", err)
	}
	return 1
}

func serve(address, socket string) error {
	streams, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	config := streaming.DefaultConfig
	config.BaseURL = &url.URL{Scheme: "http", Host: streams.Addr().String()}
	server, err := streaming.NewServer(config, processes{})
	if err != nil {
		return err
	}
	questions, err := listenPrivately(socket)
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	go func() { failed <- http.Serve(questions, questionHandler(server)) }()
	go func() { failed <- serveStreams(streams, server) }()
	return <-failed
}

// listenPrivately listens on a Unix socket that only its owner may use; one that a killed server left is replaced.
func listenPrivately(socket string) (net.Listener, error) {
	if err := os.Remove(socket); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	defer syscall.Umask(syscall.Umask(0o177))
	return net.Listen("unix", socket)
}

// question gives the URL for a request, whose text is its id.
type question func(id string, asked request) (string, error)

// questionHandler answers POST /exec, /attach and /portforward with {"url": ...}.
func questionHandler(server streaming.Server) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /exec", answer(func(id string, asked request) (string, error) {
		given, err := server.GetExec(&runtimeapi.ExecRequest{
			ContainerId: id, Cmd: asked.Argv, Tty: asked.TTY,
			Stdin: asked.Stdin, Stdout: asked.Stdout, Stderr: asked.Stderr,
		})
		return given.GetUrl(), err
	}))
	mux.HandleFunc("POST /attach", answer(func(id string, asked request) (string, error) {
		given, err := server.GetAttach(&runtimeapi.AttachRequest{
			ContainerId: id, Tty: asked.TTY,
			Stdin: asked.Stdin, Stdout: asked.Stdout, Stderr: asked.Stderr,
		})
		return given.GetUrl(), err
	}))
	mux.HandleFunc("POST /portforward", answer(func(id string, asked request) (string, error) {
		given, err := server.GetPortForward(&runtimeapi.PortForwardRequest{PodSandboxId: id, Port: asked.Ports})
		return given.GetUrl(), err
	}))
	return mux
}

func answer(ask question) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		asked, err := parse(string(raw))
		var link string
		if err == nil {
			link, err = ask(string(raw), asked)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		json.NewEncoder(w).Encode(map[string]string{"url": link})
	}
}
