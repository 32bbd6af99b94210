"""Families of classifiers: credit, fraud, money laundering."""
