"""The golden master of the answer path: what every question of the tree is answered, kept, and held against another revision's.

    python -m parity bank [BANK]                      gather the questions, with the papers and stores that they are asked over
    python -m parity record OUT [--readers shipped]   ask them all; goes on where it was stopped
    python -m parity compare OLD NEW [--show N]       by suite: same, status, value, cells, text
    python -m parity kinds FILE                       which kind answered how often, and after how many
    python -m parity slice                            answer anew the few questions of tests/benchmarks/golden.jsonl
    python -m parity against REVISION                 record there and here, compare: `make parity OLD=REVISION`

Run in ``benchmarks/``. The questions are gathered once and kept apart from the code (``.parity/bank``), so that a revision whose tests or
generators are others is asked the same. Models are asked through doors that keep what they tell, by head and text: a second run on
other code asks none for what is known.
"""
