"""The claims, by the names that files have for them: one file each, one line here."""

from __future__ import annotations

from collections.abc import Mapping

from canarylab.scenario.claim import Claim
from canarylab.scenario.expect.alerts import Alerts
from canarylab.scenario.expect.ends import Ends
from canarylab.scenario.expect.follows_git import FollowsGit
from canarylab.scenario.expect.hooks import Hooks
from canarylab.scenario.expect.metric import Metric
from canarylab.scenario.expect.never_above import NeverAbove
from canarylab.scenario.expect.never_said import NeverSaid
from canarylab.scenario.expect.object import Object
from canarylab.scenario.expect.plan import Plan
from canarylab.scenario.expect.primary_image import PrimaryImage
from canarylab.scenario.expect.python import PythonClaim
from canarylab.scenario.expect.reaches import Reaches
from canarylab.scenario.expect.route import Route
from canarylab.scenario.expect.said import Said
from canarylab.scenario.expect.same_weight import SameWeight
from canarylab.scenario.expect.sequence import Sequence
from canarylab.scenario.expect.split import Split
from canarylab.scenario.expect.users import Users

CLAIMS: Mapping[str, type[Claim]] = {
    "plan": Plan,
    "sequence": Sequence,
    "route": Route,
    "never-above": NeverAbove,
    "same-weight": SameWeight,
    "reaches": Reaches,
    "ends": Ends,
    "primary-image": PrimaryImage,
    "follows-git": FollowsGit,
    "said": Said,
    "never-said": NeverSaid,
    "alerts": Alerts,
    "hooks": Hooks,
    "split": Split,
    "users": Users,
    "metric": Metric,
    "object": Object,
    "python": PythonClaim,
}
