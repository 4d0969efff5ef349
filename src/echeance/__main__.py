"""``python -m echeance``: the same as the ``echeance`` command."""

from echeance.cli.main import main

if __name__ == "__main__":
    main()
