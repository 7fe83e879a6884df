package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"
)

const bound = 20 * time.Second

// ask starts a server, asks it for a URL as the runtime does, and gives a client for that URL.
func ask(t *testing.T, path string, asked request) remotecommand.Executor {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "stream.sock")
	go serve("127.0.0.1:0", socket)
	waitFor(t, func() bool { _, err := os.Stat(socket); return err == nil })
	if state, err := os.Stat(socket); err != nil || state.Mode().Perm() != 0o600 {
		t.Fatalf("the socket's mode is %v (%v)", state.Mode(), err)
	}
	client := http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", socket) },
	}}
	body, _ := json.Marshal(asked)
	response, err := client.Post("http://localhost"+path, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ URL string }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	link, err := url.Parse(answer.URL)
	if err != nil {
		t.Fatal(err)
	}
	executor, err := remotecommand.NewSPDYExecutor(&rest.Config{Host: link.Host}, "POST", link)
	if err != nil {
		t.Fatal(err)
	}
	return executor
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(bound); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("nothing happened within %s", bound)
		}
	}
}

func shell(script string) []string { return []string{"/bin/sh", "-c", script} }

func TestExecCarriesInputOutputErrorsAndTheExitCode(t *testing.T) {
	client := ask(t, "/exec", request{
		Argv: shell("cat; echo $WORD >&2; exit 3"), Env: []string{"WORD=oops", "PATH=/usr/bin:/bin"},
		Stdin: true, Stdout: true, Stderr: true,
	})
	var out, failed bytes.Buffer
	err := client.StreamWithContext(t.Context(), remotecommand.StreamOptions{
		Stdin: strings.NewReader("hello"), Stdout: &out, Stderr: &failed,
	})
	var exit utilexec.ExitError
	if !errors.As(err, &exit) || exit.ExitStatus() != 3 || out.String() != "hello" || failed.String() != "oops\n" {
		t.Fatalf("%v, out %q, err %q", err, out.String(), failed.String())
	}
}

type oneSize chan remotecommand.TerminalSize

func (s oneSize) Next() *remotecommand.TerminalSize {
	if size, more := <-s; more {
		return &size
	}
	return nil
}

func TestExecWithATerminalFollowsItsSize(t *testing.T) {
	script := `PATH=/usr/bin:/bin; until [ "$(stty size)" = "40 100" ]; do sleep 0.01; done; echo wide`
	client := ask(t, "/exec", request{Argv: shell(script), Pid: os.Getpid(), Stdout: true, TTY: true})
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	queue := make(oneSize, 1)
	defer close(queue)
	queue <- remotecommand.TerminalSize{Width: 100, Height: 40}
	var out bytes.Buffer
	err := client.StreamWithContext(ctx, remotecommand.StreamOptions{
		Stdout: &out, Tty: true, TerminalSizeQueue: queue,
	})
	if err != nil || out.String() != "wide\r\n" {
		t.Fatalf("%v, out %q", err, out.String())
	}
}

func TestAKilledClientEndsItsExec(t *testing.T) {
	client := ask(t, "/exec", request{Argv: shell("echo $$; exec /bin/sleep 1000"), Stdout: true})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	from, out := io.Pipe()
	go client.StreamWithContext(ctx, remotecommand.StreamOptions{Stdout: out})
	line := make([]byte, 32)
	n, err := from.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(line[:n])))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	waitFor(t, func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) })
}

// echoing is a container's end of an attach: it gives input back and leaves when there is no more.
func echoing(listener net.Listener) {
	connection, err := listener.Accept()
	if err != nil {
		return
	}
	defer connection.Close()
	header := make([]byte, frameHeader)
	for {
		if _, err := io.ReadFull(connection, header); err != nil || header[0] == frameStdinClosed {
			return
		}
		payload := make([]byte, header[4])
		io.ReadFull(connection, payload)
		(&frameWriter{to: connection}).send(frameStdout, payload)
		(&frameWriter{to: connection}).send(frameStderr, []byte("seen"))
	}
}

func TestAttachSpeaksFrames(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "attach.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go echoing(listener)
	client := ask(t, "/attach", request{Socket: socket, Stdin: true, Stdout: true, Stderr: true})
	var out, failed bytes.Buffer
	err = client.StreamWithContext(t.Context(), remotecommand.StreamOptions{
		Stdin: strings.NewReader("hello"), Stdout: &out, Stderr: &failed,
	})
	if err != nil || out.String() != "hello" || failed.String() != "seen" {
		t.Fatalf("%v, out %q, err %q", err, out.String(), failed.String())
	}
}

func TestPortForwardLetsAClientListenAfterItsLastWord(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("entering a network namespace needs root")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() { // answers only once it has heard everything
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		all, _ := io.ReadAll(connection)
		connection.Write(bytes.ToUpper(all))
	}()
	asked, _ := json.Marshal(request{Pid: os.Getpid()})
	port := int32(listener.Addr().(*net.TCPAddr).Port)
	client := &conversation{question: strings.NewReader("hello")}
	if err := (processes{}).PortForward(t.Context(), string(asked), port, client); err != nil {
		t.Fatal(err)
	}
	if client.answer.String() != "HELLO" {
		t.Fatalf("the answer was %q", client.answer.String())
	}
}

type conversation struct {
	question io.Reader
	answer   bytes.Buffer
}

func (c *conversation) Read(buffer []byte) (int, error)  { return c.question.Read(buffer) }
func (c *conversation) Write(buffer []byte) (int, error) { return c.answer.Write(buffer) }
func (c *conversation) Close() error                     { return nil }
