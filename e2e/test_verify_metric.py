"""``canarylab verify``: stuck on a metric without a value, it names the query and the missing label.

By few rights it asks Prometheus at its URL, by all of them through the API server.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import verifying

from canarylab.journey import Application, Change, Journey

_LABELS = 'destination_workload_namespace="{{ namespace }}",destination_tenant="{{ target }}"'
# No series has a label destination_tenant. Flagger would roll back after 100 such checks.
ORDERS = {
    "name": "orders",
    "query": f"sum(rate(istio_requests_total{{{_LABELS}}}[{{{{ interval }}}}]))",
    "interval": "30s",
    "thresholdRange": {"max": 5},
}


@pytest.fixture
def app(short: Application) -> Application:
    return short.but(analysis={"threshold": 100, "metrics": [ORDERS]})


@pytest.mark.canary
def test_verify_names_the_label_that_a_query_lacks(canary: Journey, tmp_path: Path) -> None:
    canary.start()
    space = canary.canary.namespace
    with verifying.account(canary.stack.cluster, space, tmp_path) as kubeconfig:
        verify = verifying.start(kubeconfig, space, "--timeout", "60", "--prometheus", canary.prometheus.way.url)
        mighty = verifying.start(canary.stack.cluster.kubeconfig, space, "--timeout", "60")
        canary.begin(Change(tag="6.9.1"))
        ends = [verifying.finish(one) for one in (verify, mighty)]
    assert ["further rights" in said for _, said in ends] == [True, False]
    for code, said in ends:
        explained(space, code, said)


def explained(space: str, code: int, said: str) -> None:
    assert code == 3
    assert "it did not end within" in said
    assert "no values for orders, in " in said
    query = f'istio_requests_total{{destination_workload_namespace="{space}",destination_tenant="podinfo"}}'
    assert f"the query of orders: sum(rate({query}[30s]))" in said
    assert f"no series fits {query}: the label destination_tenant is missing" in said
