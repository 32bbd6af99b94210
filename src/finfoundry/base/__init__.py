"""The catalogue of base models, the engines that run them, and the embedders ("1")."""
