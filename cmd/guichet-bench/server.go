package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is the program under measure, in a process of its own.
type server struct {
	command *exec.Cmd
	url     string
}

var addressPattern = regexp.MustCompile(`http://[0-9.:]+`)

// start runs the program and waits until it answers.
func start(ctx context.Context, o options, r *result) (*server, error) {
	command := exec.CommandContext(ctx, o.Guichet, "serve", "--data", o.Data, "--listen", "127.0.0.1:0", "--api-rate", "0", "--log-level", "error") //nolint:gosec // the program named by who measures
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := command.Start(); err != nil {
		return nil, err
	}
	s := &server{command: command}
	lines := bufio.NewScanner(out)
	for s.url == "" && lines.Scan() {
		s.url = addressPattern.FindString(lines.Text())
	}
	if s.url == "" {
		return nil, errors.New("the program did not say its address")
	}
	go func() {
		for lines.Scan() {
		}
	}()
	for time.Since(began) < 30*time.Second {
		response, err := http.Get(s.url + "/sign-in")
		if err == nil {
			_ = response.Body.Close()
			r.StartSeconds = time.Since(began).Seconds()
			return s, nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return nil, errors.New("the program does not answer")
}

// peakMemory is the most memory that the program held, in bytes (VmHWM).
func (s *server) peakMemory() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(status), "\n") {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10
		}
	}
	return 0
}

func (s *server) stop() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.command.Wait()
}
