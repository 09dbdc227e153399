package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// startTimeout covers the loading of a demonstration on a busy machine.
const startTimeout = 60 * time.Second

// endTimeout is above what the program gives the requests in hand.
const endTimeout = 30 * time.Second

// process is one start of guichet serve or guichet demo.
type process struct {
	cmd    *exec.Cmd
	url    string
	out    console
	ended  chan struct{}
	result error // of the process, once ended is closed
}

// console keeps what a process prints; it may be read meanwhile.
type console struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(p)
}

// String is what was printed so far.
func (c *console) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}

// environment is that of a command: nothing of GUICHET_… but what is given.
func environment(extra ...string) []string {
	var list []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GUICHET_") {
			list = append(list, v)
		}
	}
	return append(list, extra...)
}

// launch starts the program and does not wait for it.
func launch(dir string, env []string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(binary, args...), ended: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = dir, env
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.result = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// start starts the program and waits until it is ready at the address that it prints.
func start(dir string, env []string, args ...string) (*process, error) {
	p, err := launch(dir, env, args...)
	if err != nil {
		return nil, err
	}
	if err := p.ready(); err != nil {
		return nil, errors.Join(err, p.kill())
	}
	return p, nil
}

var address = regexp.MustCompile(`http://[0-9a-z.:\[\]]+`)

func (p *process) ready() error {
	return p.eventually(startTimeout, "not ready", func() bool {
		if p.url == "" {
			p.url = address.FindString(p.out.String())
		}
		return p.url != "" && statusOf(p.url+"/readyz") == http.StatusOK
	})
}

// eventually waits for a condition as long as the process lives.
func (p *process) eventually(limit time.Duration, what string, holds func() bool) error {
	deadline := time.Now().Add(limit)
	for !holds() {
		select {
		case <-p.ended:
			return fmt.Errorf("the program ended: %w\n%s", p.result, p.out.String())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s after %s\n%s", what, limit, p.out.String())
		}
	}
	return nil
}

// statusOf asks for an address; 0 without an answer within five seconds.
func statusOf(url string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

// stop asks the process to end, and reports when it did not end cleanly.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.ended:
		if p.result != nil {
			return fmt.Errorf("not a clean end: %w\n%s", p.result, p.out.String())
		}
		return nil
	case <-time.After(endTimeout):
		return errors.Join(fmt.Errorf("still there %s after SIGTERM\n%s", endTimeout, p.out.String()), p.kill())
	}
}

// kill ends the process without leaving it any time.
func (p *process) kill() error {
	err := p.cmd.Process.Kill()
	<-p.ended
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// command runs a command that ends by itself and returns its standard output.
func command(env []string, input string, args ...string) (string, error) {
	cmd := exec.Command(binary, args...)
	var out, failed bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, strings.NewReader(input), &out, &failed
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("guichet %s: %w\n%s%s", strings.Join(args, " "), err, out.String(), failed.String())
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}
