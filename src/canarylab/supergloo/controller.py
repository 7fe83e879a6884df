"""The program of the Deployment supergloo: keeps meshes, their rules and the statuses as SuperGloo's objects say."""

from __future__ import annotations

from functools import partial

from canarylab.kube import reconcile
from canarylab.kube.reconcile import Api, Kind, Wanted, World
from canarylab.supergloo import decision, install, kinds, offers
from canarylab.supergloo.offers import Offers

MAKES: tuple[Kind, ...] = (*offers.MADE, *kinds.MADE)


def decide(world: World, offered: Offers) -> Wanted:
    """What shall be: the meshes, then what rules become in them."""
    installed, ruled = install.decide(world, offered), decision.decide(world)
    return Wanted((*installed.objects, *ruled.objects), (*installed.statuses, *ruled.statuses))


def main() -> None:
    """Runs until it is killed."""
    offered = offers.every(offers.image())
    reconcile.run(Api(kinds.OWNER), kinds.WATCHED, MAKES, partial(decide, offered=offered))


if __name__ == "__main__":
    main()
