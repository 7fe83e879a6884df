// Command kubernetes is all of Kubernetes' programs that a node and a control plane need, linked into one file,
// so that what they share is built and kept once. Links to it carry the programs' names, and the name by which
// it is called says which one it is.
package main

import (
	"context"
	"os"
	"path/filepath"

	"canarylab.dev/toolchain/cmd/kubernetes/stream"
	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

func main() {
	name := filepath.Base(os.Args[0])
	if name == "cri-stream" { // first, because it must be there within milliseconds
		os.Exit(stream.Main(os.Args[1:]))
	}
	os.Exit(cli.Run(command(name)))
}

func command(name string) *cobra.Command {
	switch name {
	case "kube-controller-manager":
		return controllers.NewControllerManagerCommand()
	case "kube-scheduler":
		return scheduler.NewSchedulerCommand()
	case "kubelet":
		return kubelet.NewKubeletCommand(context.Background())
	}
	return apiserver.NewAPIServerCommand()
}
