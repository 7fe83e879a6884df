"""Why a query of Flagger's has no value: which of its metrics is not there, or which label lets nothing through.

``ask`` puts a few questions to Prometheus about each series selector of the query: the metric alone, all of its
labels, and all but one, each one in turn. ``conclude`` is the pure part: it turns the answers into words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Labels = Mapping[str, str]
Asker = Callable[[str], Sequence[Labels]]  # a query -> the labels of each series of its answer

_SHOWN = 5  # values of a label that are told
_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_STRING = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
_MATCHER = rf"\s*({_NAME})\s*(=~|!~|!=|=)\s*({_STRING})\s*"
_SELECTOR = re.compile(rf"({_NAME})?\s*\{{((?:{_MATCHER},?)*)\s*\}}|({_NAME})\s*\[|({_STRING})")
_FUNCTION = re.compile(r"\{\{\s*([a-z]+)(?:\.([A-Za-z0-9_]+))?\s*\}\}")


@dataclass(frozen=True)
class Matcher:
    """One condition on a label. ``value`` keeps its quotes."""

    label: str
    operator: str
    value: str

    def __str__(self) -> str:
        return f"{self.label}{self.operator}{self.value}"


@dataclass(frozen=True)
class Selector:
    """A metric and the conditions on its labels, as a query names them."""

    metric: str
    matchers: tuple[Matcher, ...] = ()

    def __str__(self) -> str:
        return f"{self.metric}{{{','.join(map(str, self.matchers))}}}"

    def without(self, *left_out: Matcher) -> Selector:
        return Selector(self.metric, tuple(one for one in self.matchers if one not in left_out))


@dataclass(frozen=True)
class Answers:
    """What Prometheus said of one selector: whether the metric is there, how many series fit, and by each matcher
    that was left out the values that its label then has, "" where a series has no such label."""

    selector: Selector
    known: bool
    fitting: int
    others: Mapping[Matcher, tuple[str, ...]]


def render(template: str, values: Mapping[str, str], variables: Mapping[str, str]) -> str:
    """A query with its template functions' values; a function that is not known stays as it is."""

    def value(found: re.Match[str]) -> str:
        if found[1] == "variables":
            return variables.get(found[2] or "", found[0])
        return values.get(found[1], found[0])

    return _FUNCTION.sub(value, template)


def selectors(query: str) -> list[Selector]:
    """The series selectors of a query, each once."""
    return list(dict.fromkeys(_selectors(query)))


def _selectors(query: str) -> Iterator[Selector]:
    for found in _SELECTOR.finditer(query):
        metric, conditions, ranged = found[1], found[2], found[6]
        if ranged:
            yield Selector(ranged)
        elif conditions is not None:
            matchers = [Matcher(*parts) for parts in re.findall(_MATCHER, conditions)]
            named = next((one.value[1:-1] for one in matchers if (one.label, one.operator) == ("__name__", "=")), "")
            yield Selector(metric or named, tuple(one for one in matchers if one.label != "__name__"))


def lately(series: str) -> str:
    """What there was of series in five minutes: at any one moment a scrape that failed may hide them all."""
    return f"last_over_time({series}[5m])"


def ask(selector: Selector, asker: Asker) -> Answers:
    """Puts the questions; the ones about single labels only where all of them together let nothing through."""
    known = bool(asker(f"count({lately(selector.metric)})"))
    fitting = len(asker(lately(str(selector)))) if known else 0
    others = {}
    if known and not fitting:
        for one in selector.matchers:
            series = asker(f"count by ({one.label}) ({lately(str(selector.without(one)))})")
            others[one] = tuple(sorted(labels.get(one.label, "") for labels in series))
    return Answers(selector, known, fitting, others)


def conclude(answers: Answers) -> str:
    """What is missing, in words; what the words say of labels holds for series of the last five minutes."""
    selector = answers.selector
    if not answers.known:
        return f"Prometheus has no metric {selector.metric}: nothing exposes it, or what does is not scraped"
    if answers.fitting:
        return (
            f"{answers.fitting} series fit {selector}, but have no rate: "
            "they are new, or had no sample within the query's interval"
        )
    guilty = [(one, values) for one, values in answers.others.items() if values]
    if not guilty:
        labels = ", ".join(map(str, selector.matchers))
        return f"{selector.metric} is there, but not with {labels}; more than one of these labels differs"
    return f"no series fits {selector}: " + "; or ".join(_missing(one, values) for one, values in guilty)


def _missing(matcher: Matcher, values: Sequence[str]) -> str:
    """Which label stands in the way, and what the series have instead."""
    named = [value for value in values if value]
    if not named:
        return f"the label {matcher.label} is missing: the series that fit otherwise have none"
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return f"the label {matcher.label} is wrong: {matcher} fits none, the others have {', '.join(named[:_SHOWN])}{more}"


def diagnose(query: str, asker: Asker) -> list[str]:
    """Why a query has no value, a line for each of its selectors that lets nothing through; all of them else."""
    answers = [ask(one, asker) for one in selectors(query)]
    guilty = [one for one in answers if not one.fitting]
    return list(dict.fromkeys(conclude(one) for one in guilty or answers))
