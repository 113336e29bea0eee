"""A customer data platform in your own warehouse."""

from importlib.metadata import version

__version__ = version("headless-crm")
