"""`python -m bench`: fill a database, start both servers, measure them in turn, print the ratios."""

from bench.run import main

main()
