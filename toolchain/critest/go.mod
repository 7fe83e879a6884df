// Pins critest, the conformance suite of the container runtime interface, by version and checksum. A module of its
// own: it is built only for e2e/critest, and neither its code nor its dependencies are part of what canarylab runs.
module canarylab.dev/toolchain/critest

go 1.26.2

require sigs.k8s.io/cri-tools v1.36.0
