"""A report as one HTML page that needs nothing but itself: no script, no request, charts as SVG, tables beside them."""

from canarylab.report.html.page import render

__all__ = ["render"]
