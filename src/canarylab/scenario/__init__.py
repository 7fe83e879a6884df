"""Scenarios: a YAML file that says what is given, what is done and what must come of it, run by a small shell.

Files become frozen data (``load``), steps and claims are one file each, and ``runner`` carries them out on a
:class:`~canarylab.journey.Journey`, with the verbs that Python has too.
"""
