package stream

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// terminal is our end of a pseudo-terminal.
type terminal struct{ *os.File }

// openTerminal makes a pseudo-terminal in the file system that a process sees, so that its path is right in there:
// our end, and the end that becomes a command's standard streams.
func openTerminal(pid int) (ours terminal, theirs *os.File, err error) {
	name := fmt.Sprintf("/proc/%d/root/dev/pts/ptmx", pid)
	// Non-blocking, so that closing it ends a read.
	master, err := unix.Open(name, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return terminal{}, nil, fmt.Errorf("open a terminal: %w", err)
	}
	ours = terminal{os.NewFile(uintptr(master), name)}
	if err = unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err == nil {
		theirs, err = peer(master)
	}
	if err != nil {
		ours.Close()
	}
	return ours, theirs, err
}

// peer opens the other end without a path, which is another in this process's file system.
func peer(master int) (*os.File, error) {
	flags := uintptr(unix.O_RDWR | unix.O_NOCTTY | unix.O_CLOEXEC)
	descriptor, _, failed := unix.Syscall(unix.SYS_IOCTL, uintptr(master), unix.TIOCGPTPEER, flags)
	if failed != 0 {
		return nil, os.NewSyscallError("open the terminal's other end", failed)
	}
	return os.NewFile(descriptor, "terminal"), nil
}

// carry connects a client to the terminal. The channel is closed once the last process has let go of the terminal.
func (t terminal) carry(in io.Reader, out io.Writer, resize sizes) <-chan struct{} {
	drained := make(chan struct{})
	go t.follow(resize, drained)
	if in != nil {
		go io.Copy(t, in)
	}
	if out == nil {
		out = io.Discard
	}
	go func() {
		io.Copy(out, t)
		close(drained)
	}()
	return drained
}

// follow sets the terminal's size as the client's changes.
func (t terminal) follow(resize sizes, ended <-chan struct{}) {
	for {
		select {
		case <-ended:
			return
		case size, more := <-resize:
			if !more {
				return
			}
			t.resize(size.Width, size.Height)
		}
	}
}

func (t terminal) resize(width, height uint16) {
	descriptor, err := t.SyscallConn()
	if err != nil {
		return
	}
	descriptor.Control(func(fd uintptr) {
		unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Col: width, Row: height})
	})
}
