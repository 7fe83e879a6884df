package stream

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// PortForward carries one connection to a port of a pod's loopback.
func (processes) PortForward(ctx context.Context, id string, port int32, client io.ReadWriteCloser) error {
	defer client.Close()
	asked, err := parse(id)
	if err != nil {
		return err
	}
	pod, err := dialInside(ctx, asked.Pid, port)
	if err != nil {
		return err
	}
	defer pod.Close()
	go func() {
		io.Copy(pod, client)
		pod.(*net.TCPConn).CloseWrite() // the client has said all, and may still listen
	}()
	_, err = io.Copy(client, pod)
	return err
}

// dialInside connects to a port of the loopback, IPv4 or else IPv6, in the network namespace of a process.
func dialInside(ctx context.Context, pid int, port int32) (connection net.Conn, err error) {
	number := strconv.Itoa(int(port))
	failed := inside(fmt.Sprintf("/proc/%d/ns/net", pid), func() {
		var dialer net.Dialer
		if connection, err = dialer.DialContext(ctx, "tcp4", net.JoinHostPort("127.0.0.1", number)); err == nil {
			return
		}
		// Where IPv6 does not answer either, the first error is the one to tell.
		if second, again := dialer.DialContext(ctx, "tcp6", net.JoinHostPort("::1", number)); again == nil {
			connection, err = second, nil
		}
	})
	if failed != nil {
		return nil, failed
	}
	return connection, err
}

// inside calls act on a thread that is in another network namespace; a socket stays in the one it was made in.
func inside(namespace string, act func()) error {
	outcome := make(chan error)
	go func() {
		// Never unlocked: Go then ends the thread, which must not serve anything else.
		runtime.LockOSThread()
		err := enter(namespace)
		if err == nil {
			act()
		}
		outcome <- err
	}()
	return <-outcome
}

func enter(namespace string) error {
	descriptor, err := unix.Open(namespace, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("the pod is gone: %w", err)
	}
	defer unix.Close(descriptor)
	if err := unix.Setns(descriptor, unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("enter the pod's network: %w", err)
	}
	return nil
}
