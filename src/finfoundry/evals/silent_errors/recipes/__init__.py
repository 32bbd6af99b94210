"""Recipes, one file a part of papers; every module here is loaded by ``recipe_book``."""
