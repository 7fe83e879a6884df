package stream

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"sync"
)

// The frames of a container's attach socket: one byte of kind, four of length (big-endian), then the payload.
// See src/canarylab/clusters/local/cri/frames.py.
const (
	frameStdin = iota
	frameStdout
	frameStderr
	frameResize
	frameStdinClosed

	frameHeader = 5
)

// Attach carries the client's streams to and from the running process of a container, until either goes.
func (processes) Attach(
	ctx context.Context, id string, in io.Reader, out, errOut io.WriteCloser, _ bool, resize sizes,
) error {
	asked, err := parse(id)
	if err != nil {
		return err
	}
	connection, err := net.Dial("unix", asked.Socket)
	if err != nil {
		return err
	}
	defer connection.Close()
	defer context.AfterFunc(ctx, func() { connection.Close() })()
	ended := make(chan struct{})
	defer close(ended)
	frames := &frameWriter{to: connection}
	go sendSizes(frames, resize, ended)
	if in != nil {
		go sendInput(frames, in)
	}
	return receive(connection, map[byte]io.Writer{frameStdout: out, frameStderr: errOut})
}

// frameWriter keeps the frames of several senders whole.
type frameWriter struct {
	lock sync.Mutex
	to   io.Writer
}

func (w *frameWriter) send(kind byte, payload []byte) error {
	frame := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(payload)))
	w.lock.Lock()
	defer w.lock.Unlock()
	_, err := w.to.Write(append(frame, payload...))
	return err
}

// Write sends input.
func (w *frameWriter) Write(payload []byte) (int, error) {
	return len(payload), w.send(frameStdin, payload)
}

func sendInput(frames *frameWriter, in io.Reader) {
	if _, err := io.Copy(frames, in); err == nil {
		frames.send(frameStdinClosed, nil)
	}
}

func sendSizes(frames *frameWriter, resize sizes, ended <-chan struct{}) {
	for {
		select {
		case <-ended:
			return
		case size, more := <-resize:
			if !more {
				return
			}
			payload, _ := json.Marshal(map[string]uint16{"width": size.Width, "height": size.Height})
			frames.send(frameResize, payload)
		}
	}
}

// receive hands output on until the container's end of the socket is closed, which is how an attach ends well.
func receive(from io.Reader, outputs map[byte]io.Writer) error {
	header := make([]byte, frameHeader)
	for {
		if _, err := io.ReadFull(from, header); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		output := outputs[header[0]]
		if output == nil {
			output = io.Discard
		}
		if _, err := io.CopyN(output, from, int64(binary.BigEndian.Uint32(header[1:]))); err != nil {
			return err
		}
	}
}
