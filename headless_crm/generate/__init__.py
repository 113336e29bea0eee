"""Realistic source files and the truth beside them: a pure function of (persons, seed)."""

from headless_crm.generate.dataset import MAX_PERSONS, Dataset, generate

__all__ = ["MAX_PERSONS", "Dataset", "generate"]
