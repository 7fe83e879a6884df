"""The split of users' answers at a weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from canarylab.model import binomial
from canarylab.model.canary import TOTAL
from canarylab.model.traffic import Share
from canarylab.model.verdict import CONFIDENCE, LEAST_ANSWERS, Finding
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Percent


class Split(Claim):
    """The share of users' answers that the new revision gives while the route has a weight, by exact bounds."""

    bare: ClassVar[str] = "at"

    at: Percent
    """The route's weight."""
    share: Percent | None = None
    """The share that is expected, in percent; the weight itself if none is given."""
    of: str = ""
    """Which users; all that the weights are about if none is named."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        crowds = [one for one in seen.evidence.crowds if (one.name == self.of if self.of else one.matching)]
        shares = [(one.name, share) for one in crowds for share in seen.evidence.shares(one) if share.weight == self.at]
        if not shares:
            return [Finding(f"answers at weight {self.at}", False, "some", "the route never had this weight")]
        return [self._finding(name, share) for name, share in shares]

    def _finding(self, name: str, share: Share) -> Finding:
        wanted = self.at if self.share is None else self.share
        least, most = binomial.bounds(share.total, wanted / TOTAL, CONFIDENCE)
        enough = share.total >= LEAST_ANSWERS
        percent = TOTAL * share.canary / share.total if share.total else 0.0
        expected = f"{wanted}%, that is {least} to {most} of {share.total} by the new revision"
        return Finding(
            f"{name}: answers at weight {self.at}", enough and least <= share.canary <= most,
            expected if enough else f"{LEAST_ANSWERS} answers or more",
            f"{percent:.1f}%, {share.canary} of {share.total}",
        )  # fmt: skip
