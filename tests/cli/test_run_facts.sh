#!/bin/sh
# The published facts on followed persons, through the monitor: synthetic registers counted as the definition says.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil=$PEIL_BUILD/peil
monitor=$PEIL_SOURCE/monitors/nl-2016-2020

for seed in 2; do
    check "registers of seed $seed" "$peil" synth "$monitor" --seed $seed --population 150000 --out "$tmp/$seed"
    "$peil" tabulate "$monitor" --deliveries "$tmp/$seed" --figure \
        2.15,2.15-sex,3.1-number,3.2,3.4-ended,3.5,3.7,3.8,4.1,4.1-days,4.2,4.3,4.6,5.1,5.3,5.4,5.5 2>"$tmp/errors" >"$tmp/got"
    LC_ALL=C awk -F, -f "$PEIL_SOURCE/tests/cli/run_facts.awk" "$monitor/facts.csv" "$tmp/got" >"$tmp/missed" 2>&1
    check "seed $seed gives the facts of the text" test ! -s "$tmp/missed"
    head -9 "$tmp/missed" | sed 's/^/# /'
done
finish
