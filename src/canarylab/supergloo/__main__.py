"""``python -m canarylab.supergloo`` is the command line."""

from canarylab.supergloo.cli import main

if __name__ == "__main__":
    main()
