"""Shared by all tests: a state folder and a cache of their own where they need one."""
