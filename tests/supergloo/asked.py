"""Requests and what is asked of them, drawn from so few words that many of them have something in common."""

from __future__ import annotations

from hypothesis import strategies as st

from canarylab.supergloo.matchers import METHOD, PATH, Atom, Feature, How, Place, Text

Request = dict[Feature, str]
Conditions = list[tuple[Feature, Text]]

HEADERS = [Feature(Place.HEADER, name) for name in ("x-a", "x-b")]
QUERIES = [Feature(Place.QUERY, "page")]
PATHS, VALUES = ("/", "/api", "/api/v1", "/other"), ("1", "2")

_paths = st.builds(Text, st.sampled_from([How.PREFIX, How.EXACT]), st.sampled_from(PATHS))
_expressions = st.builds(Text, st.just(How.REGEX), st.sampled_from(["/api.*", "/.*/v1"]))
_values = st.one_of(
    st.builds(Text, st.just(How.EXACT), st.sampled_from(VALUES)),
    st.just(Text(How.PRESENT)),
    st.just(Text(How.REGEX, "[12]")),
)
_methods = st.builds(Text, st.just(How.EXACT), st.sampled_from(["GET", "POST"]))


def _atoms(paths: st.SearchStrategy[Text]) -> st.SearchStrategy[Atom]:
    chosen = st.fixed_dictionaries(
        {}, optional={PATH: paths, METHOD: _methods, **dict.fromkeys([*HEADERS, *QUERIES], _values)}
    )
    return chosen.map(lambda found: Atom.of(found.items()))


plain = _atoms(_paths)
any_atoms = _atoms(st.one_of(_paths, _expressions))
requests = st.fixed_dictionaries(
    {PATH: st.sampled_from([*PATHS, "/api/v1/x"]), METHOD: st.sampled_from(["GET", "POST", "PUT"])},
    optional=dict.fromkeys([*HEADERS, *QUERIES], st.sampled_from(["", *VALUES])),
)


def fits(atom: Atom, request: Request) -> bool:
    """Whether a request meets every condition."""
    return all(feature in request and text.fits(request[feature]) for feature, text in atom.conditions)
