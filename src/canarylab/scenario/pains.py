"""The issues of fluxcd/flagger that a scenario may mark as known: what its users stumble over, and no others."""

from __future__ import annotations

from collections.abc import Mapping

ISSUES: Mapping[int, str] = {
    883: "no values found", 191: "no values found", 1365: "no values found", 1633: "no values found",
    1330: "no values found",
    1689: "the first check comes before the load",
    1035: "zero traffic means rollback",
    1095: "NaN advances silently",
    1578: "Progressing for hours", 1247: "Progressing for hours",
    1819: "WaitingPromotion shows weight 0 while the mesh has another",
    1801: "a denied confirm-traffic-increase at weight 0 repeats for ever",
    1692: "an edit of spec.service in mid-run resets the weights",
    1898: "after a failed promotion a new revision takes all traffic at once",
    1931: "after a failed promotion a new revision takes all traffic at once",
    1932: "after a failed promotion a new revision takes all traffic at once",
    1600: "thundering herd at Finalising",
    635: "a restart ignores stepWeightPromotion",
    1526: "downtime at initialisation", 374: "downtime at initialisation", 773: "downtime at initialisation",
    1026: "the Service re-applied from outside in mid-run", 1720: "the Service re-applied from outside in mid-run",
    928: "the Service re-applied from outside in mid-run",
    1930: "a ConfigMap shared by two canaries is promoted by the other's success",
    1647: "session affinity leaks", 1339: "session affinity leaks",
    784: "edits during Promoting or Finalising are not analysed",
    30: "edits during Promoting or Finalising are not analysed",
    830: "no verdict for CI",
    1663: "missing alerts",
}  # fmt: skip
