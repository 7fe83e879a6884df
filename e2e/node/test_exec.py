"""exec, attach, port-forward, logs and cp, as people use them."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from node.pods import BOUND, Pods, manifest, shell, status, terminated, until

FOREVER = "while :; do sleep 0.1; done"
LINES = 250_000  # with their time stamps 13 MB: the kubelet rotates a log of 10 MiB
COUNT = "i=0; while [ $i -lt 5 ]; do echo line $i; i=$((i + 1)); sleep 0.2; done"


def test_exec_gives_the_commands_exit_code(pods: Pods) -> None:
    pods.start("p", shell(FOREVER))
    assert pods.run("exec", "p", "--", "sh", "-c", "exit 7").returncode == 7


def test_exec_keeps_output_and_errors_apart(pods: Pods) -> None:
    pods.start("p", shell(FOREVER))
    done = pods.run("exec", "p", "--", "sh", "-c", "echo out; echo err >&2")
    assert (done.stdout, done.stderr) == ("out\n", "err\n")


def test_exec_passes_input_of_any_size(pods: Pods) -> None:
    pods.start("p", shell(FOREVER))
    text = "0123456789abcde\n" * 200_000
    assert pods.kubectl("exec", "-i", "p", "--", "cat", stdin=text) == text


def test_exec_has_the_containers_environment_user_and_folder(pods: Pods) -> None:
    given = {"env": [{"name": "WORD", "value": "x"}], "workingDir": "/srv", "securityContext": {"runAsUser": 0}}
    pods.start("p", shell(FOREVER, **given))
    assert pods.exec("p", "echo $WORD; pwd; id -u; hostname") == "x\n/srv\n0\np\n"


def test_exec_of_a_program_that_is_not_there_says_so(pods: Pods) -> None:
    pods.start("p", shell(FOREVER))
    done = pods.run("exec", "p", "--", "no-such-program")
    assert done.returncode == 127
    assert 'exec "no-such-program": executable file not found in $PATH' in done.stderr


class Terminal:
    """A client with a terminal, as a person at a keyboard has."""

    def __init__(self, command: list[str]) -> None:
        self.ours, theirs = os.openpty()
        fcntl.ioctl(theirs, 0x5414, b"\x28\0\x64\0\0\0\0\0")  # TIOCSWINSZ: 40 rows, 100 columns
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        os.set_blocking(self.ours, False)
        self.seen = ""

    def see(self, pattern: str) -> None:
        """Waits until something is on the screen."""

        def look() -> bool:
            with suppress(OSError):  # nothing more has come, or the client has ended
                self.seen += os.read(self.ours, 1 << 16).decode()
            return re.search(pattern, self.seen) is not None

        try:
            until(look, bound=20)
        except AssertionError as error:
            raise AssertionError(f"{pattern!r} is not on the screen: {self.seen!r}") from error

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())


@contextmanager
def terminal(pods: Pods, *args: str) -> Iterator[Terminal]:
    screen = Terminal(pods.command(*args))
    try:
        yield screen
    finally:
        screen.process.kill()
        screen.process.wait()
        os.close(screen.ours)


def test_exec_with_a_terminal_has_its_size_job_control_and_exit_code(pods: Pods) -> None:
    pods.start("p", shell(FOREVER))
    with terminal(pods, "exec", "-it", "p", "--", "sh") as screen:
        screen.see(r"[$#] ")
        screen.type("tty; stty size\n")
        screen.see(r"/dev/pts/\d+\s+40 100")
        screen.type("sh -c 'echo go; exec sleep 1000'\n")
        screen.see(r"\ngo\r")
        screen.type("\x03")
        screen.see(r"\^C\s+[$#] ")
        screen.type("echo code $?\n")
        screen.see(r"code 130")
        screen.type("exit 9\n")
        assert screen.process.wait(timeout=BOUND) == 9


def test_a_killed_exec_ends_its_program(pods: Pods) -> None:
    pods.start("p", shell(FOREVER))
    client = pods.popen("exec", "p", "--", "sh", "-c", "echo running; exec sleep 12345")
    assert client.stdout is not None
    assert client.stdout.readline() == "running\n"
    client.kill()
    client.communicate(timeout=BOUND)
    assert until(lambda: "12345" not in pods.exec("p", "ps -ef"))


def test_attach_sees_output_and_gives_input_to_the_program(pods: Pods) -> None:
    pods.start("p", shell("while read word; do echo got $word; done", stdin=True, stdinOnce=True))
    out = pods.kubectl("attach", "-i", "p", stdin="one\ntwo\n")
    assert "got two" in out
    ended = terminated(pods.pod("p", terminated))
    assert ended is not None
    assert ended["exitCode"] == 0
    assert pods.logs("p") == "got one\ngot two\n"


def test_attach_to_a_terminal(pods: Pods) -> None:
    script = 'tty; until [ "$(stty size)" = "40 100" ]; do sleep 0.1; done; echo wide; read word; echo got $word'
    pods.start("p", shell(script, stdin=True, tty=True))
    with terminal(pods, "attach", "-it", "p") as screen:
        screen.see(r"wide\r")
        screen.type("this\n")
        screen.see(r"got this\r")
        assert screen.process.wait(timeout=BOUND) == 0
    assert re.match(r"/dev/pts/\d+", pods.logs("p"))


@contextmanager
def forwarded(pods: Pods, port: int) -> Iterator[int]:
    client = pods.popen("port-forward", "p", f":{port}", stderr=subprocess.STDOUT)
    try:
        assert client.stdout is not None
        first = client.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", first)
        assert found, first
        yield int(found[1])
    finally:
        client.send_signal(signal.SIGINT)
        client.communicate(timeout=BOUND)


SERVER = """
import socket
server = socket.create_server((HOST, 8000), family=FAMILY)
while True:
    client, _ = server.accept()
    heard = b""
    while data := client.recv(65536):
        heard += data
    client.sendall(heard.upper())
    client.close()
"""


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", 2), ("::1", 10)], ids=["ipv4", "ipv6"])
def test_port_forward_reaches_the_pods_loopback_and_half_closes(pods: Pods, host: str, family: int) -> None:
    script = SERVER.replace("HOST", repr(host)).replace("FAMILY", str(family))
    probe = {"exec": {"command": ["grep", "-q", ":1F40", "/proc/net/tcp", "/proc/net/tcp6"]}, "periodSeconds": 1}
    pods.start("p", shell("", image="python:3", readinessProbe=probe) | {"command": ["python3", "-c", script]})
    with forwarded(pods, 8000) as port:
        for text in (b"hello", b"x" * 300_000):
            with socket.create_connection(("127.0.0.1", port), timeout=BOUND) as client:
                client.sendall(text)
                client.shutdown(socket.SHUT_WR)
                assert b"".join(iter(lambda: client.recv(1 << 16), b"")) == text.upper()


def test_port_forward_to_a_closed_port_says_so(pods: Pods) -> None:
    pods.start("p", shell(FOREVER))
    client = pods.popen("port-forward", "p", ":8000", stderr=subprocess.STDOUT)
    assert client.stdout is not None
    found = re.search(r"127\.0\.0\.1:(\d+)", client.stdout.readline())
    assert found
    with socket.create_connection(("127.0.0.1", int(found[1])), timeout=BOUND) as connection:
        connection.sendall(b"x")
        assert until(lambda: "connection refused" in client.stdout.readline())  # type: ignore[union-attr]
    client.kill()
    client.communicate(timeout=BOUND)


def test_logs_follow_until_the_container_ends(pods: Pods) -> None:
    pods.apply(manifest("p", shell(COUNT)))
    pods.pod("p", lambda p: status(p).get("started") or terminated(p))
    assert pods.logs("p", "-f") == "".join(f"line {i}\n" for i in range(5))


def test_logs_of_the_run_before(pods: Pods) -> None:
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    script = f"if test -e /v/x; then echo second; {FOREVER}; fi; touch /v/x; echo first; exit 1"
    pods.apply(manifest("p", shell(script, **mount), restartPolicy="Always", volumes=[{"name": "v", "emptyDir": {}}]))
    pods.pod("p", lambda p: status(p)["restartCount"] == 1 and status(p)["ready"])
    assert pods.logs("p", "--previous") == "first\n"
    assert pods.logs("p") == "second\n"


def test_logs_by_tail_time_and_container(pods: Pods) -> None:
    pods.finish("p", shell("echo a; echo b"), shell("echo c >&2") | {"name": "other"})
    assert pods.logs("p", "-c", "main", "--tail=1") == "b\n"
    together = pods.logs("p", "--all-containers", "--prefix").splitlines()
    assert sorted(together) == ["[pod/p/main] a", "[pod/p/main] b", "[pod/p/other] c"]
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z c\n$", pods.logs("p", "-c", "other", "--timestamps"))


def test_a_long_line_stays_one_line(pods: Pods) -> None:
    pods.finish("p", shell("head -c 100000 /dev/zero | tr '\\0' x; echo; printf end"))
    assert pods.logs("p") == "x" * 100_000 + "\nend"


def test_a_rotation_of_the_log_loses_no_line(pods: Pods) -> None:
    count = f"seq 1 {LINES}; i={LINES}; while :; do i=$((i + 1)); echo $i; sleep 0.01; done"
    pod = pods.start("p", shell(count))
    folder = pods.cluster.folder / "logs" / "pods" / f"{pods.namespace}_p_{pod['metadata']['uid']}" / "main"
    (rotated,) = until(lambda: list(folder.glob("0.log.*")))
    new = folder / "0.log"
    assert until(lambda: new.exists() and new.stat().st_size > 1000)
    lines = (rotated.read_text() + new.read_text()).splitlines()
    assert len(lines) > LINES
    assert [int(line.split()[3]) for line in lines] == list(range(1, len(lines) + 1))


def test_cp_to_and_from_a_pod(pods: Pods, tmp_path: Path) -> None:
    pods.start("p", shell(FOREVER))
    there, back = tmp_path / "there", tmp_path / "back"
    there.write_bytes(os.urandom(1 << 20))
    pods.kubectl("cp", str(there), "p:/tmp/file")
    pods.kubectl("cp", "p:/tmp/file", str(back))
    assert back.read_bytes() == there.read_bytes()
