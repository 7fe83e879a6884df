"""Demos: a script of shell lines and directives, played in a real terminal, checked like a test, kept as an asciicast.

``parse`` turns the script's text into data, ``player`` types it into a shell, ``compose`` turns what came of it into a
cast whose times are those of a virtual clock, and the renderers turn the cast into pictures, texts and a page.
"""
