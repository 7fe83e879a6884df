"""A shop's own manifests, as users have them: objects in their namespace, a Canary with a metric of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]

CONTAINERS = [
    {"name": "proxy", "image": "docker.io/library/busybox:1.36"},
    {"name": "web", "image": "registry.example.com:5000/shop/web:1.9", "ports": [{"containerPort": 9000}]},
]
LABELS = {"app": "web"}
DEPLOYMENT: Json = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {
        "selector": {"matchLabels": LABELS},
        "template": {"metadata": {"labels": LABELS}, "spec": {"containers": CONTAINERS}},
    },
}
TEMPLATE: Json = {
    "apiVersion": "flagger.app/v1beta1",
    "kind": "MetricTemplate",
    "metadata": {"name": "orders", "namespace": "shop"},
    "spec": {
        "provider": {"type": "prometheus", "address": "http://prometheus.istio-system:9090"},
        "query": "vector(1)",
    },
}
HOOK = {
    "name": "load",
    "url": "http://flagger-loadtester.shop/",
    "metadata": {"cmd": "hey -z 15s http://web-canary.shop:80/ http://web.shop.example.com/"},
}
CANARY: Json = {
    "apiVersion": "flagger.app/v1beta1",
    "kind": "Canary",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "service": {"port": 80, "targetPort": 9000},
        "analysis": {
            "interval": "1m",
            "threshold": 5,
            "maxWeight": 50,
            "stepWeight": 10,
            "metrics": [
                {
                    "name": "orders",
                    "templateRef": {"name": "orders", "namespace": "shop"},
                    "thresholdRange": {"min": 1},
                    "interval": "1m",
                }
            ],
            "webhooks": [HOOK],
        },
    },
}


def write(file: Path, *objects: Json) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump_all(objects))
    return file
