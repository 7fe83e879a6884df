"""``python -m canarylab``: the same as the console script."""

from canarylab.cli import main

main()
