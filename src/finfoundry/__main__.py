"""``python -m finfoundry``: the command line, where the program of that name is not on the path."""

from finfoundry.cli.main import main

if __name__ == "__main__":
    main()
