"""Flagger's texts become typed reasons, and the reasons of a rollout a few words."""

from __future__ import annotations

import pytest

from canarylab.flagger.reasons import Kind, parse, rolled_back_by, summary, times

RATE = "Halt web.shop advancement success rate {}% < 99%"
TEXTS = [
    (RATE.format("91.20"), Kind.LIMIT, "success rate 91.20% < 99%"),
    ("Halt web.shop advancement request duration 1.5s > 500ms", Kind.LIMIT, "request duration 1.5s > 500ms"),
    ("Halt web.shop advancement not-found-percentage 12.00 > 5", Kind.LIMIT, "not-found-percentage 12.00 > 5"),
    ("Halt web.shop advancement 404s in percent 12.00 > 5", Kind.LIMIT, "404s in percent 12.00 > 5"),
    (
        "Halt advancement no values found for istio metric request-success-rate probably web.shop is not receiving"
        " traffic: running query failed: no values found",
        Kind.NO_VALUES,
        "no values for request-success-rate",
    ),
    (
        "Halt advancement no values found for istio metric request-duration probably web.shop is not receiving traffic",
        Kind.NO_VALUES,
        "no values for request-duration",
    ),
    ("Halt advancement no values found for metric: queue length", Kind.NO_VALUES, "no values for queue length"),
    (
        "Halt advancement no values found for custom metric: not-found: no values found",
        Kind.NO_VALUES,
        "no values for not-found",
    ),
    (
        "Prometheus query failed: running query failed: request failed: dial tcp: refused",
        Kind.QUERY,
        "Prometheus could not be asked for: running query failed: request failed: dial tcp: refused",
    ),
    ("Metric query failed for cpu: 401", Kind.QUERY, "cpu could not be asked for: 401"),
    (
        "Metric template cpu.shop error: metrictemplate not found",
        Kind.QUERY,
        "Metric template cpu.shop could not be asked for: metrictemplate not found",
    ),
    (
        "Halt web.shop advancement external check load failed Post refused",
        Kind.HOOK,
        "external check load failed: Post refused",
    ),
    (
        "Halt web.shop advancement pre-rollout check smoke failed ",
        Kind.HOOK,
        "pre-rollout check smoke failed: no answer",
    ),
    ("Halt web.shop advancement waiting for approval ask", Kind.GATE, "the gate ask (confirm-rollout) is closed"),
    (
        "Halt web.shop advancement waiting for promotion approval ask me",
        Kind.GATE,
        "the gate ask me (confirm-promotion) is closed",
    ),
    (
        "Halt web.shop advancement waiting for traffic increase approval ask",
        Kind.GATE,
        "the gate ask (confirm-traffic-increase) is closed",
    ),
    (
        "canary deployment web.shop not ready: waiting for rollout to finish: 0 of 1 (readyThreshold 100%) updated"
        " replicas are available",
        Kind.NOT_READY,
        "deployment web.shop is not ready: waiting for rollout to finish: 0 of 1 (readyThreshold 100%) updated"
        " replicas are available",
    ),
    (
        "web-primary.shop not ready: waiting for rollout to finish: 1 old replicas are pending termination",
        Kind.NOT_READY,
        "web-primary.shop is not ready: waiting for rollout to finish: 1 old replicas are pending termination",
    ),
    (
        "canary damonset web.shop not ready with retryable true: waiting for rollout to finish: x",
        Kind.NOT_READY,
        "damonset web.shop is not ready: waiting for rollout to finish: x",
    ),
    (
        'canary deployment web.shop not ready: deployment "web" exceeded its progress deadline',
        Kind.DEADLINE,
        'deployment "web" exceeded its progress deadline',
    ),
    ("Rolling back web.shop failed checks threshold reached 3", Kind.THRESHOLD, ""),
    ("Rolling back web.shop manual webhook invoked", Kind.REVOKED, ""),
    ("Canary failed! Scaling down web.shop", Kind.FAILED, ""),
    ("Promotion completed! Scaling down web.shop", Kind.DONE, ""),
    ("New revision detected! Scaling up web.shop", Kind.BEGUN, ""),
    ("Advance web.shop canary weight 20", Kind.STEP, ""),
    ("Advance web.shop canary iteration 1/3", Kind.STEP, ""),
    ("Confirm-rollout check ask passed", Kind.STEP, ""),
    ("something that another release says", Kind.OTHER, ""),
]


@pytest.mark.parametrize(("text", "kind", "words"), TEXTS, ids=[text[:60] for text, _, _ in TEXTS])
def test_a_text_is_a_reason_of_its_kind(text: str, kind: Kind, words: str) -> None:
    reason = parse(f"{text}\n")
    assert (reason.kind, reason.words()) == (kind, words or text)


def test_halts_about_one_subject_are_counted_and_the_last_is_told() -> None:
    said = [parse(RATE.format(value)) for value in ("88.00", "90.00", "91.20")]
    assert summary(said) == "halted 3 times: success rate 91.20% < 99%"


def test_halts_about_several_subjects_are_told_apart() -> None:
    said = [parse(RATE.format("88.00")), parse(TEXTS[1][0]), parse(RATE.format("91.20"))]
    assert summary(said) == "halted 3 times: success rate 91.20% < 99% (twice); request duration 1.5s > 500ms (once)"


def test_halts_that_were_not_heard_are_counted_by_the_status() -> None:
    assert summary([parse(RATE.format("91.20"))], failed=3) == (
        "halted 3 times: success rate 91.20% < 99% (once); for 2 of them no reason was heard"
    )


def test_a_rollout_without_halts_has_no_summary() -> None:
    assert summary([parse("Advance web.shop canary weight 20")]) == ""


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([RATE.format("88.00"), "Rolling back web.shop failed checks threshold reached 1"], ""),
        (["Rolling back web.shop manual webhook invoked"], "Rolling back web.shop manual webhook invoked"),
        (
            ['canary deployment web.shop not ready: deployment "web" exceeded its progress deadline'],
            'deployment "web" exceeded its progress deadline',
        ),
        (
            ["web-primary.shop not ready: waiting for rollout to finish: x"],
            "web-primary.shop is not ready: waiting for rollout to finish: x, and its progress deadline is over",
        ),
        ([], ""),
    ],
)
def test_what_rolled_back_beside_failed_checks_is_told(said: list[str], why: str) -> None:
    assert rolled_back_by([parse(one) for one in [*said, "Canary failed! Scaling down web.shop"]]) == why


def test_counts_are_words() -> None:
    assert [times(count) for count in (1, 2, 3)] == ["once", "twice", "3 times"]
