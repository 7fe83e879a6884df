package stream

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"runtime"
	"syscall"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// processes does what was asked for, with plain processes.
type processes struct{}

type sizes = <-chan remotecommand.TerminalSize

// Exec runs a command with the client's streams; the command itself enters the container.
func (processes) Exec(
	ctx context.Context, id string, argv []string, in io.Reader, out, errOut io.WriteCloser, tty bool, resize sizes,
) error {
	asked, err := parse(id)
	if err != nil {
		return err
	}
	// The command asks to be killed with its parent, which for Linux is the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	command := exec.CommandContext(ctx, argv[0], argv[1:]...)
	command.Env = append([]string{}, asked.Env...)
	if tty {
		return told(runOnTerminal(ctx, command, asked.Pid, in, out, resize))
	}
	return told(runOnPipes(command, in, out, errOut))
}

// told gives a command's exit code the type by which it reaches the client.
func told(err error) error {
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		return err
	}
	code := failed.ExitCode()
	if status, ok := failed.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = 128 + int(status.Signal())
	}
	return utilexec.CodeExitError{Err: err, Code: code}
}

func runOnPipes(command *exec.Cmd, in io.Reader, out, errOut io.WriteCloser) error {
	command.Stdout, command.Stderr = out, errOut
	if in != nil {
		input, err := command.StdinPipe()
		if err != nil {
			return err
		}
		// Not command.Stdin: Wait would wait for a client that keeps its input open.
		go func() {
			io.Copy(input, in)
			input.Close()
		}()
	}
	return command.Run()
}

func runOnTerminal(
	ctx context.Context, command *exec.Cmd, pid int, in io.Reader, out io.Writer, resize sizes,
) error {
	ours, theirs, err := openTerminal(pid)
	if err != nil {
		return err
	}
	defer ours.Close()
	defer context.AfterFunc(ctx, func() { ours.Close() })()
	command.Stdin, command.Stdout, command.Stderr = theirs, theirs, theirs
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = command.Start()
	theirs.Close()
	if err != nil {
		return err
	}
	drained := ours.carry(in, out, resize)
	err = command.Wait()
	<-drained
	return err
}
