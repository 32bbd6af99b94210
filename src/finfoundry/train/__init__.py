"""The toolchain: a base model, data and a recipe become a tuned model in every form in which it will be served.

One loop (``loop``) trains; a method (``methods``) says what a row teaches; ``weights`` says which numbers learn; ``export`` writes the
forms. torch and its family are the extra ``train``: nothing outside this package imports them.
"""
